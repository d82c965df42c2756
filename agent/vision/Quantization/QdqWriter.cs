using Onnx;

namespace EdgeFace.Quantization;

/// <summary>
/// Writes QuantizeLinear and DequantizeLinear into a model: about activations a pair of them with one scale, before weights a
/// DequantizeLinear with a scale for each channel. The operators between stay as they are; a runtime computes them in 8 bits
/// where it can.
/// </summary>
sealed class QdqWriter(OnnxGraph graph, QuantizationPlan plan, IReadOnlyDictionary<string, TensorRange> ranges, int weightBits)
{
    readonly HashSet<string> _bytes = [.. plan.Tensors];
    readonly List<NodeProto> _nodes = [];

    public void Write()
    {
        foreach (var input in graph.Model.Graph.Input)
            if (_bytes.Contains(input.Name)) Pair(input.Name, input.Name, Dequantised(input.Name));

        foreach (var node in graph.Nodes)
        {
            var copy = node.Clone();
            for (var i = 0; i < copy.Input.Count; i++)
                if (_bytes.Contains(copy.Input[i])) copy.Input[i] = Dequantised(copy.Input[i]);
            if (plan.Nodes.Contains(node) && QuantizationPlan.HasWeights(graph, node)) Weights(node, copy);
            // A model's output keeps its name: the pair stands before it.
            for (var i = 0; i < copy.Output.Count; i++)
                if (_bytes.Contains(copy.Output[i]) && graph.IsOutput(copy.Output[i])) copy.Output[i] += ":float";
            _nodes.Add(copy);
            for (var i = 0; i < node.Output.Count; i++)
                if (_bytes.Contains(node.Output[i])) Pair(node.Output[i], copy.Output[i], Dequantised(node.Output[i]));
        }

        // Shapes of tensors whose makers changed are not said any more.
        graph.Model.Graph.ValueInfo.Clear();
        graph.Model.ProducerName = "edgeface";
        graph.Model.ProducerVersion = "";
        graph.Replace(_nodes);
    }

    string Dequantised(string tensor) => graph.IsOutput(tensor) ? tensor : $"{tensor}:dq";

    void Pair(string tensor, string from, string to)
    {
        var range = ranges[tensor];
        var scale = graph.Add(OnnxGraph.Tensor($"{tensor}:scale", [range.Scale]));
        var zero = graph.Add(OnnxGraph.Tensor($"{tensor}:zero", range.ZeroPoint));
        _nodes.Add(Node("QuantizeLinear", $"{tensor}:q", from, scale, zero));
        _nodes.Add(Node("DequantizeLinear", to, $"{tensor}:q", scale, zero));
    }

    void Weights(NodeProto node, NodeProto copy)
    {
        var weight = graph.Constant(node.Input[1]) ?? throw new InvalidOperationException("A weight was there before.");
        var input = ranges[node.Input[0]].Scale;
        var bias = node.Input.Count > 2 && node.Input[2].Length > 0 ? graph.Constant(node.Input[2]) : null;
        var channels = ChannelWeights.Of(weight, ChannelAxis(node), weightBits, bias, input);

        // Named after the node's result: two nodes may share a weight and see inputs of other scales.
        var name = node.Output[0];
        copy.Input[1] = $"{name}:w:dq";
        _nodes.Add(Channelled(copy.Input[1], channels.Axis,
            graph.Add(OnnxGraph.Tensor($"{name}:w", channels.Values, [.. weight.Dims])),
            graph.Add(OnnxGraph.Tensor($"{name}:w:scale", channels.Scales, channels.Scales.Length)),
            graph.Add(OnnxGraph.Tensor($"{name}:w:zero", new sbyte[channels.Scales.Length], channels.Scales.Length))));
        if (bias is null) return;

        copy.Input[2] = $"{name}:b:dq";
        _nodes.Add(Channelled(copy.Input[2], 0,
            graph.Add(OnnxGraph.Tensor($"{name}:b", channels.Bias(bias, input), channels.Scales.Length)),
            graph.Add(OnnxGraph.Tensor(
                $"{name}:b:scale", Array.ConvertAll(channels.Scales, scale => scale * input), channels.Scales.Length))));
    }

    /// <summary>The dimension of the weights that counts the outputs.</summary>
    static int ChannelAxis(NodeProto node) => node.OpType switch
    {
        "Conv" => 0,
        "Gemm" when node.Attribute.Any(one => one is { Name: "transB", I: 1 }) => 0,
        _ => 1,
    };

    static NodeProto Node(string kind, string output, params string[] inputs) =>
        new() { OpType = kind, Name = output, Input = { inputs }, Output = { output } };

    static NodeProto Channelled(string output, int axis, params string[] inputs)
    {
        var node = Node("DequantizeLinear", output, inputs);
        node.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = axis });
        return node;
    }
}
