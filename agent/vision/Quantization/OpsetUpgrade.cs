using Onnx;

namespace EdgeFace.Quantization;

/// <summary>
/// Brings a model to operator set 13, the first in which DequantizeLinear has a scale for each channel. Of the operators that
/// changed on the way, those that face models are made of are rewritten; a model with another one is refused.
/// </summary>
static class OpsetUpgrade
{
    public const int Wanted = 13;

    /// <summary>ONNX IR version 7 is the one that came with operator set 13 (ONNX 1.8); 4 freed constants from being inputs.</summary>
    const int IrVersion = 7;

    /// <summary>Operators whose later versions take more types or dimensions and compute the same.</summary>
    static readonly HashSet<string> Same = new(StringComparer.Ordinal)
    {
        "Abs", "Add", "AveragePool", "BatchNormalization", "Concat", "Constant", "Conv", "ConvTranspose", "Div", "Elu", "Exp",
        "Flatten", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "Identity", "LeakyRelu", "Log", "MatMul",
        "MaxPool", "Mul", "Neg", "PRelu", "Pow", "Relu", "Reshape", "Selu", "Shape", "Sigmoid", "Sqrt", "Sub", "Tanh", "Transpose",
        "ReduceMean", "ReduceMax", "ReduceMin",
    };

    /// <summary>Attributes that became inputs, by operator, in the order of the inputs, and since when.</summary>
    static readonly Dictionary<string, (int Since, string[] Inputs)> BecameInputs = new(StringComparer.Ordinal)
    {
        ["Slice"] = (10, ["starts", "ends", "axes"]),
        ["Clip"] = (11, ["min", "max"]),
        ["Unsqueeze"] = (13, ["axes"]),
        ["Squeeze"] = (13, ["axes"]),
        ["ReduceSum"] = (13, ["axes"]),
        ["Split"] = (13, ["split"]),
    };

    public static void To13(OnnxGraph graph, string name)
    {
        if (graph.Model.OpsetImport.FirstOrDefault(one => one.Domain.Length > 0 && Uses(graph, one.Domain)) is { } foreign)
            throw OnnxGraph.Refused(name, $"it has operators of {foreign.Domain}; only those of ONNX itself are known.");

        var opset = graph.Opset;
        if (opset < Wanted)
        {
            foreach (var node in graph.Nodes) Upgrade(graph, node, opset, name);
            graph.Model.OpsetImport.First(one => one.Domain.Length == 0).Version = Wanted;
        }

        OperatorSetIdProto[] kept = [.. graph.Model.OpsetImport.Where(one => one.Domain.Length == 0)];
        graph.Model.OpsetImport.Clear();
        graph.Model.OpsetImport.AddRange(kept);
        graph.Model.IrVersion = Math.Max(graph.Model.IrVersion, IrVersion);
        graph.Replace(graph.Nodes);
        ValueInfoProto[] inputs = [.. graph.Model.Graph.Input.Where(input => graph.Constant(input.Name) is null)];
        graph.Model.Graph.Input.Clear();
        graph.Model.Graph.Input.AddRange(inputs);
    }

    static bool Uses(OnnxGraph graph, string domain) => graph.Nodes.Any(node => node.Domain == domain);

    static void Upgrade(OnnxGraph graph, NodeProto node, long opset, string name)
    {
        if (BecameInputs.TryGetValue(node.OpType, out var change))
        {
            if (opset < change.Since) ToInputs(graph, node, change.Inputs);
        }
        else if (node.OpType is "Softmax" or "LogSoftmax")
        {
            LastAxis(graph, node, name);
        }
        else if (node.OpType is "Dropout")
        {
            node.OpType = "Identity";
            node.Attribute.Clear();
        }
        else if (!Same.Contains(node.OpType) || opset < 7)
        {
            throw OnnxGraph.Refused(name,
                $"it is of operator set {opset}, and how {node.OpType} changed up to {Wanted} is not known here. "
                + $"Export it anew with operator set {Wanted} or above.");
        }
    }

    static void ToInputs(OnnxGraph graph, NodeProto node, string[] inputs)
    {
        foreach (var wanted in inputs)
        {
            var found = node.Attribute.FirstOrDefault(one => one.Name == wanted);
            if (found is null)
            {
                if (wanted != inputs[^1]) node.Input.Add("");
                continue;
            }

            node.Attribute.Remove(found);
            var constant = $"{node.Output[0]}:{wanted}";
            node.Input.Add(graph.Add(found.Type is AttributeProto.Types.AttributeType.Float
                ? OnnxGraph.Tensor(constant, [found.F])
                : OnnxGraph.Tensor(constant, [.. found.Ints])));
        }
    }

    /// <summary>Before 13 a softmax flattened all dimensions from its axis on; over the last one alone both are the same.</summary>
    static void LastAxis(OnnxGraph graph, NodeProto node, string name)
    {
        var axis = node.Attribute.FirstOrDefault(one => one.Name == "axis");
        var at = axis?.I ?? 1;
        var rank = Rank(graph, node.Output[0]) ?? Rank(graph, node.Input[0]);
        if (at != -1 && at != rank - 1)
        {
            throw OnnxGraph.Refused(name,
                $"its {node.OpType} is over axis {at} of {rank?.ToString() ?? "an unknown number of"} dimensions, which changed "
                + $"its meaning in operator set {Wanted}. Export it anew with that one.");
        }

        if (axis is null) node.Attribute.Add(axis = new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int });
        axis.I = -1;
    }

    static int? Rank(OnnxGraph graph, string tensor) =>
        graph.Model.Graph.ValueInfo.Concat(graph.Model.Graph.Output).FirstOrDefault(one => one.Name == tensor)
            ?.Type?.TensorType?.Shape?.Dim.Count;
}
