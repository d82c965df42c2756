using Onnx;

namespace EdgeFace.Quantization;

/// <summary>
/// Which nodes of a model compute in 8 bits and which tensors therefore become bytes: only what ONNX Runtime's CPU provider
/// has a kernel for, so that no conversion is there for nothing.
/// </summary>
/// <param name="Nodes">Those in 8 bits.</param>
/// <param name="Tensors">Their activations, in the order in which the model makes them.</param>
sealed record QuantizationPlan(IReadOnlySet<NodeProto> Nodes, IReadOnlyList<string> Tensors)
{
    public static QuantizationPlan Of(OnnxGraph graph, QuantizationOptions options)
    {
        NodeProto[] weighted = [.. graph.Nodes.Where(node => HasWeights(graph, node))];
        var floats = new HashSet<NodeProto>(
            [.. weighted.Take(options.FirstFloat), .. weighted.TakeLast(options.LastFloat)], ReferenceEqualityComparer.Instance);
        var chosen = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var bytes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            var isWeighted = HasWeights(graph, node);
            if (isWeighted && (floats.Contains(node) || (options.DepthwiseFloat && IsDepthwise(graph, node)))) continue;
            if (options.Exclude?.Any(name => name == node.Name || node.Output.Contains(name)) is true) continue;

            if (isWeighted || Joins(node, bytes))
            {
                chosen.Add(node);
                bytes.UnionWith(graph.Activations(node));
                bytes.Add(Result(graph, node));
            }
            else if (node.OpType is "PRelu" or "Relu" && bytes.Contains(node.Input[0])
                && graph.Readers(node.Output[0]).Any(reader => HasWeights(graph, reader) || reader.OpType is "Add" or "Concat"))
            {
                // Computed in floating point between bytes, so that what joins it can go on in bytes.
                bytes.Add(node.Output[0]);
            }
        }

        var order = graph.Model.Graph.Input.Select(input => input.Name).Concat(graph.Nodes.SelectMany(node => node.Output));
        return new QuantizationPlan(chosen, [.. order.Where(bytes.Contains)]);
    }

    /// <summary>What a node gives in the end: behind a ReLU that nobody else reads past, which costs nothing in bytes.</summary>
    public static string Result(OnnxGraph graph, NodeProto node) =>
        graph.OnlyReader(node.Output[0]) is { OpType: "Relu" } relu ? relu.Output[0] : node.Output[0];

    public static bool HasWeights(OnnxGraph graph, NodeProto node) => node.OpType switch
    {
        "Conv" => IsWeight(graph, node, 4) && IsBias(graph, node),
        "MatMul" => IsWeight(graph, node, 2),
        "Gemm" => IsWeight(graph, node, 2) && IsBias(graph, node) && IsPlain(node),
        _ => false,
    };

    public static bool IsDepthwise(OnnxGraph graph, NodeProto node) =>
        node.OpType == "Conv" && node.Attribute.FirstOrDefault(one => one.Name == "group")?.I is > 1 and var groups
        && graph.Constant(node.Input[1])?.Dims[0] == groups;

    static bool IsWeight(OnnxGraph graph, NodeProto node, int rank) =>
        graph.Constant(node.Input[0]) is null && graph.Constant(node.Input[1]) is { } weight
        && OnnxGraph.IsFloat(weight) && weight.Dims.Count == rank;

    static bool IsBias(OnnxGraph graph, NodeProto node) =>
        node.Input.Count < 3 || node.Input[2].Length == 0
        || (graph.Constant(node.Input[2]) is { } bias && OnnxGraph.IsFloat(bias) && bias.Dims.Count == 1);

    static bool IsPlain(NodeProto gemm) => gemm.Attribute.All(one => one.Name switch
    {
        "alpha" or "beta" => one.F == 1,
        "transA" => one.I == 0,
        _ => true,
    });

    /// <summary>An operator without weights goes on in bytes where it is given nothing else.</summary>
    static bool Joins(NodeProto node, HashSet<string> bytes) =>
        node.OpType is "Add" or "Mul" or "Concat" or "GlobalAveragePool" or "AveragePool" or "Sigmoid" or "LeakyRelu"
        && node.Input.All(bytes.Contains);
}
