using Onnx;

namespace EdgeFace.Quantization;

/// <summary>
/// Writes PReLU as max(x, ax) = ax + relu((1 - a) x), which holds for slopes a up to 1, with both factors in the weights of the
/// convolution before it: two convolutions, of which one has a ReLU, and a sum.
/// </summary>
static class PReluRewrite
{
    public static void Apply(OnnxGraph graph)
    {
        var replaced = new Dictionary<NodeProto, NodeProto[]>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            if (node.OpType != "PRelu" || Slopes(graph, node) is not { } slopes || slopes.Any(slope => slope > 1)) continue;
            if (graph.Maker(node.Input[0]) is not { OpType: "Conv" } conv || graph.OnlyReader(conv.Output[0]) != node) continue;
            if (conv.Input.Skip(1).Any(input => graph.Constant(input) is null)) continue;

            var made = node.Output[0];
            var linear = Scaled(graph, conv, $"{made}:linear", slopes);
            var rest = Scaled(graph, conv, $"{made}:rest", Array.ConvertAll(slopes, slope => 1 - slope));
            replaced[conv] = [];
            replaced[node] =
            [
                linear, rest,
                new NodeProto { OpType = "Relu", Name = $"{made}:relu", Input = { rest.Output[0] }, Output = { $"{made}:relu" } },
                new NodeProto { OpType = "Add", Name = $"{made}:add", Input = { linear.Output[0], $"{made}:relu" }, Output = { made } },
            ];
        }

        if (replaced.Count > 0)
            graph.Replace(graph.Nodes.SelectMany(node => replaced.TryGetValue(node, out var nodes) ? nodes : [node]));
    }

    /// <summary>One for each channel; null when they are not constant.</summary>
    static float[]? Slopes(OnnxGraph graph, NodeProto node) =>
        graph.Constant(node.Input[1]) is { } slopes && OnnxGraph.IsFloat(slopes) ? OnnxGraph.Floats(slopes) : null;

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
