using Onnx;

namespace EdgeFace.Quantization;

/// <summary>
/// Takes products with a constant for each channel into the weights of the convolution before them: one convolution for each product.
/// Of a PReLU that is written as ax + relu((1 - a) x) two convolutions remain, of which one has a ReLU, and a sum.
/// </summary>
static class ScaleFolding
{
    public static void Apply(OnnxGraph graph)
    {
        var replaced = new Dictionary<NodeProto, NodeProto[]>(ReferenceEqualityComparer.Instance);
        foreach (var conv in graph.Nodes)
        {
            if (conv.OpType != "Conv" || graph.IsOutput(conv.Output[0])) continue;
            if (conv.Input.Skip(1).Any(input => graph.Constant(input) is not { } constant || !OnnxGraph.IsFloat(constant))) continue;

            var readers = graph.Readers(conv.Output[0]);
            if (readers.Count == 0 || readers.Any(reader => Factors(graph, conv, reader) is null)) continue;

            replaced[conv] = [];
            foreach (var product in readers) replaced[product] = [Scaled(graph, conv, product.Output[0], Factors(graph, conv, product) ?? [])];
        }

        if (replaced.Count > 0)
            graph.Replace(graph.Nodes.SelectMany(node => replaced.TryGetValue(node, out var nodes) ? nodes : [node]));
    }

    /// <summary>One for each channel of a convolution, or one for all; null where a reader of it is no such product.</summary>
    static float[]? Factors(OnnxGraph graph, NodeProto conv, NodeProto product)
    {
        if (product.OpType != "Mul" || product.Input[0] != conv.Output[0]) return null;
        if (graph.Constant(product.Input[1]) is not { } constant || !OnnxGraph.IsFloat(constant)) return null;

        var channels = graph.Constant(conv.Input[1])?.Dims[0];
        var perChannel = constant.Dims.Count is 3 or 4 && constant.Dims[^3] == channels;
        return OnnxGraph.Floats(constant) is var factors && (factors.Length == 1 || perChannel && factors.Length == channels) ? factors : null;
    }

    static NodeProto Scaled(OnnxGraph graph, NodeProto conv, string made, float[] factors)
    {
        var node = conv.Clone();
        node.Name = made;
        node.Output[0] = made;
        for (var i = 1; i < node.Input.Count; i++)
        {
            var constant = graph.Constant(node.Input[i]) ?? throw new InvalidOperationException("A constant was there before.");
            var values = OnnxGraph.Floats(constant);
            var perChannel = values.Length / (int)constant.Dims[0];
            for (var at = 0; at < values.Length; at++)
                values[at] *= factors[factors.Length == 1 ? 0 : at / perChannel];
            node.Input[i] = graph.Add(OnnxGraph.Tensor($"{made}:{i}", values, [.. constant.Dims]));
        }

        return node;
    }
}
