using EdgeFace.Inference;
using Google.Protobuf;
using Onnx;

namespace EdgeFace.Quantization;

/// <summary>An ONNX model that can be looked through and changed: who makes a tensor, who reads it, which are constants.</summary>
sealed class OnnxGraph
{
    const int Float = (int)TensorProto.Types.DataType.Float;

    readonly Dictionary<string, TensorProto> _constants;
    readonly Dictionary<string, NodeProto> _makers = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<NodeProto>> _readers = new(StringComparer.Ordinal);
    readonly HashSet<string> _outputs;

    OnnxGraph(ModelProto model)
    {
        Model = model;
        _constants = Graph.Initializer.ToDictionary(one => one.Name, StringComparer.Ordinal);
        _outputs = Graph.Output.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        Look();
    }

    public ModelProto Model { get; }

    GraphProto Graph => Model.Graph;

    public IReadOnlyList<NodeProto> Nodes => Graph.Node;

    public long Opset => Model.OpsetImport.First(one => one.Domain.Length == 0).Version;

    /// <exception cref="ModelException">Unusable: it is no ONNX model, keeps its weights elsewhere or is quantised already.</exception>
    public static OnnxGraph Read(ReadOnlySpan<byte> model, string name)
    {
        if (OnnxLayout.Fault(model) is { } fault) throw Refused(name, fault);

        try
        {
            var graph = new OnnxGraph(ModelProto.Parser.ParseFrom(model));
            if (graph.Nodes.FirstOrDefault(node => IsQuantised(node.OpType)) is { } node)
                throw Refused(name, $"it is quantised already: it has a node {node.OpType}. Give the float model.");
            return graph;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or InvalidOperationException)
        {
            throw Refused(name, $"it is not an ONNX model: {e.Message}", e);
        }
    }

    public static ModelException Refused(string name, string why, Exception? inner = null) =>
        new(ModelFault.Unusable, $"{name} cannot be quantised: {why}", inner);

    static bool IsQuantised(string kind) =>
        kind is "QuantizeLinear" or "DequantizeLinear" or "DynamicQuantizeLinear" or "QGemm"
        || kind.StartsWith("QLinear", StringComparison.Ordinal) || kind.EndsWith("Integer", StringComparison.Ordinal);

    public byte[] Write() => Model.ToByteArray();

    public TensorProto? Constant(string tensor) => _constants.GetValueOrDefault(tensor);

    public NodeProto? Maker(string tensor) => _makers.GetValueOrDefault(tensor);

    public IReadOnlyList<NodeProto> Readers(string tensor) => _readers.GetValueOrDefault(tensor) ?? [];

    public bool IsOutput(string tensor) => _outputs.Contains(tensor);

    /// <summary>The one node that reads a tensor which nobody else sees; null where there are others.</summary>
    public NodeProto? OnlyReader(string tensor) =>
        !IsOutput(tensor) && Readers(tensor) is [var one] && one.Input.Count(input => input == tensor) == 1 ? one : null;

    /// <summary>The tensors that a node computes with: neither constants nor left out.</summary>
    public IEnumerable<string> Activations(NodeProto node) =>
        node.Input.Where(input => input.Length > 0 && !_constants.ContainsKey(input));

    public static bool IsFloat(TensorProto tensor) => tensor.DataType == Float;

    public static float[] Floats(TensorProto tensor) => tensor.RawData.Length > 0
        ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray()
        : [.. tensor.FloatData];

    public static TensorProto Tensor(string name, float[] values, params long[] shape) => new()
    {
        Name = name,
        DataType = Float,
        Dims = { shape },
        RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values)),
    };

    public static TensorProto Tensor(string name, sbyte[] values, params long[] shape) => new()
    {
        Name = name,
        DataType = (int)TensorProto.Types.DataType.Int8,
        Dims = { shape },
        RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<sbyte>(values)),
    };

    public static TensorProto Tensor(string name, int[] values, params long[] shape) => new()
    {
        Name = name,
        DataType = (int)TensorProto.Types.DataType.Int32,
        Dims = { shape },
        RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(values)),
    };

    public static TensorProto Tensor(string name, byte value) => new()
    {
        Name = name,
        DataType = (int)TensorProto.Types.DataType.Uint8,
        RawData = ByteString.CopyFrom(value),
    };

    public static TensorProto Tensor(string name, long[] values) => new()
    {
        Name = name,
        DataType = (int)TensorProto.Types.DataType.Int64,
        Dims = { values.Length },
        RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(values)),
    };

    /// <summary>Takes a constant in and gives its name back.</summary>
    public string Add(TensorProto constant)
    {
        if (_constants.TryAdd(constant.Name, constant)) Graph.Initializer.Add(constant);
        return constant.Name;
    }

    /// <summary>Puts other nodes in the place of all there are, in an order in which each can be computed.</summary>
    public void Replace(IEnumerable<NodeProto> nodes)
    {
        NodeProto[] kept = [.. nodes];
        Graph.Node.Clear();
        Graph.Node.AddRange(kept);
        DropUnused();
        Look();
    }

    void DropUnused()
    {
        var used = Graph.Node.SelectMany(node => node.Input).Concat(_outputs).ToHashSet(StringComparer.Ordinal);
        TensorProto[] kept = [.. Graph.Initializer.Where(one => used.Contains(one.Name))];
        Graph.Initializer.Clear();
        Graph.Initializer.AddRange(kept);
        foreach (var name in _constants.Keys.Where(name => !used.Contains(name)).ToArray()) _constants.Remove(name);
    }

    void Look()
    {
        _makers.Clear();
        _readers.Clear();
        foreach (var node in Graph.Node)
        {
            foreach (var made in node.Output) _makers[made] = node;
            foreach (var read in node.Input.Distinct(StringComparer.Ordinal))
            {
                if (!_readers.TryGetValue(read, out var readers)) _readers[read] = readers = [];
                readers.Add(node);
            }
        }
    }
}
