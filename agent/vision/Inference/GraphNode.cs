namespace EdgeFace.Inference;

/// <summary>A node of an ONNX graph.</summary>
/// <param name="At">Where its field stands in the graph's message.</param>
/// <param name="Content">Where its own message stands there.</param>
/// <param name="Kind">Its operator; of another domain than ONNX's own with that domain before it.</param>
/// <param name="Inputs">Tensors that it reads; "" stands for one that is left out.</param>
/// <param name="Outputs">Tensors that it makes.</param>
sealed record GraphNode(Range At, Range Content, string Kind, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
