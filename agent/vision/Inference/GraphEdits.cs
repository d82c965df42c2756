using System.Runtime.InteropServices;
using System.Text;

namespace EdgeFace.Inference;

/// <summary>
/// Changes to the graph of an ONNX file, made to its bytes: what is not changed is copied as it stands, weights above all. A general
/// reader of protobuf takes a fifth of a second and 20 MB for the default pack; this takes a few milliseconds and the copy.
/// Field numbers are those of onnx.proto3, IR version 10.
/// </summary>
sealed class GraphEdits
{
    const int GraphOfModel = 7, NodeOfGraph = 1, ConstantOfGraph = 5, FloatType = 1, LongType = 7;

    readonly byte[] _model;
    readonly Range _graph, _content;
    readonly List<GraphNode> _nodes = [];
    readonly Dictionary<string, Range> _constants = new(StringComparer.Ordinal);
    readonly HashSet<string> _names = new(StringComparer.Ordinal);
    readonly SortedList<int, (int Until, byte[] Instead)> _changes = [];
    readonly ProtobufMessage _added = new();

    /// <exception cref="FormatException">The bytes are no ONNX model, or hold their graph in pieces.</exception>
    public GraphEdits(byte[] model)
    {
        _model = model;
        var (graphs, length) = (0, 0);
        foreach (var field in new ProtobufFields(model))
        {
            if (field.Number == 8 && NameOf(field.Content, 1) is ("" or "ai.onnx")) Opset = OpsetOf(field.Content);
            if (field.Number != GraphOfModel) continue;

            (_graph, length) = (field.At, field.Content.Length);
            graphs++;
        }

        if (graphs != 1) throw new FormatException($"it has {graphs} graphs; an ONNX model has one.");

        _content = (_graph.End.Value - length).._graph.End;
        foreach (var field in new ProtobufFields(Graph))
        {
            if (field.Number == NodeOfGraph) Take(field);
            if (field.Number == ConstantOfGraph) Take(field.Content, NameOf(field.Content, 8), field.At.End.Value);
        }
    }

    /// <summary>Of ONNX's own operators; 0 where the model does not say it.</summary>
    public long Opset { get; }

    public IReadOnlyList<GraphNode> Nodes => _nodes;

    /// <summary>The message, as it was.</summary>
    public ReadOnlySpan<byte> Graph => _model.AsSpan(_content);

    /// <summary>Whether a tensor of that name exists, or is made by what was added.</summary>
    public bool Knows(string tensor) => _names.Contains(tensor);

    public bool IsConstant(string tensor) => _constants.ContainsKey(tensor);

    /// <summary>Values of a constant of 32-bit floating point, with its sides; null where it is none.</summary>
    public (float[] Values, long[] Sides)? Floats(string tensor) =>
        ValuesOf(tensor, FloatType, typed: 4) is var (bytes, sides) ? (MemoryMarshal.Cast<byte, float>(bytes).ToArray(), sides) : null;

    /// <summary>Values of a constant of 64-bit whole numbers; null where it is none.</summary>
    public long[]? Longs(string tensor) =>
        ValuesOf(tensor, LongType, typed: 7) is var (bytes, _) ? MemoryMarshal.Cast<byte, long>(bytes).ToArray() : null;

    public string Add(string name, float[] values, ReadOnlySpan<long> sides) =>
        Add(name, FloatType, MemoryMarshal.AsBytes<float>(values), sides);

    public string Add(string name, long[] values) => Add(name, LongType, MemoryMarshal.AsBytes<long>(values), [values.Length]);

    /// <summary>Other nodes in the place of one.</summary>
    public void Replace(GraphNode node, params ReadOnlySpan<(string Kind, string Output, string[] Inputs)> nodes)
    {
        var instead = new ProtobufMessage();
        foreach (var (kind, output, inputs) in nodes)
        {
            var made = new ProtobufMessage();
            foreach (var input in inputs) made.Text(1, input);
            instead.Bytes(NodeOfGraph, made.Text(2, output).Text(3, output).Text(4, kind).Written);
            _names.Add(output);
        }

        Replace(node.At, instead.Written);
    }

    /// <summary>The same node with another tensor as one of its inputs.</summary>
    public void Rewire(GraphNode node, int input, string tensor)
    {
        var message = Graph[node.Content];
        var made = new ProtobufMessage();
        var seen = 0;
        foreach (var field in new ProtobufFields(message))
        {
            if (field.Number == 1 && seen++ == input) made.Text(1, tensor);
            else made.Fields(message[field.At]);
        }

        Replace(node.At, new ProtobufMessage().Bytes(NodeOfGraph, made.Written).Written);
    }

    /// <summary>Other fields in the place of one of the graph's.</summary>
    public void Replace(Range field, ReadOnlySpan<byte> instead) =>
        _changes[field.Start.Value] = (field.End.Value, instead.ToArray());

    /// <summary>The model with the changes; the very bytes that came where there are none.</summary>
    public byte[] Write()
    {
        if (_changes.Count == 0 && _added.Written.IsEmpty) return _model;

        var before = Graph;
        var length = before.Length + _added.Written.Length;
        foreach (var (from, (until, instead)) in _changes) length += instead.Length - (until - from);
        var head = new ProtobufMessage().Head(GraphOfModel, length);
        var made = new byte[_model.Length - (_graph.End.Value - _graph.Start.Value) + head.Written.Length + length];
        var at = 0;
        Put(_model.AsSpan(0, _graph.Start.Value));
        Put(head.Written);
        var copied = 0;
        foreach (var (from, (until, instead)) in _changes)
        {
            Put(before[copied..from]);
            Put(instead);
            copied = until;
        }

        Put(before[copied..]);
        Put(_added.Written);
        Put(_model.AsSpan(_graph.End.Value));
        return made;

        void Put(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(made.AsSpan(at));
            at += bytes.Length;
        }
    }

    string Add(string name, int type, ReadOnlySpan<byte> values, ReadOnlySpan<long> sides)
    {
        var tensor = new ProtobufMessage();
        foreach (var side in sides) tensor.Number(1, (ulong)side);
        _added.Bytes(ConstantOfGraph, tensor.Number(2, (ulong)type).Text(8, name).Bytes(9, values).Written);
        _names.Add(name);
        return name;
    }

    void Take(in ProtobufField field)
    {
        var (inputs, outputs) = (new List<string>(), new List<string>());
        var (kind, domain) = ("", "");
        foreach (var (number, _, content) in new ProtobufFields(field.Content))
        {
            if (number == 1) inputs.Add(Encoding.UTF8.GetString(content));
            if (number == 2) outputs.Add(Encoding.UTF8.GetString(content));
            if (number == 4) kind = Encoding.UTF8.GetString(content);
            if (number == 7) domain = Encoding.UTF8.GetString(content);
        }

        var end = field.At.End.Value;
        _nodes.Add(new GraphNode(
            field.At, (end - field.Content.Length)..end, domain is "" or "ai.onnx" ? kind : $"{domain}.{kind}", inputs, outputs));
        _names.UnionWith(outputs);
        if (kind == "Constant" && outputs is [var name]) TakeConstant(field.Content, name, end);
    }

    /// <summary>A node may be a constant: its attribute 5, value, is a tensor.</summary>
    void TakeConstant(ReadOnlySpan<byte> node, string name, int end)
    {
        foreach (var attribute in new ProtobufFields(node))
        {
            if (attribute.Number != 5) continue;

            var attributeEnd = end - (node.Length - attribute.At.End.Value);
            foreach (var value in new ProtobufFields(attribute.Content))
                if (value.Number == 5) Take(value.Content, name, attributeEnd - (attribute.Content.Length - value.At.End.Value));
        }
    }

    void Take(ReadOnlySpan<byte> tensor, string name, int end)
    {
        _constants[name] = (end - tensor.Length)..end;
        _names.Add(name);
    }

    /// <summary>Values stand as raw bytes or, one by one or packed, in the field of their type.</summary>
    (byte[] Values, long[] Sides)? ValuesOf(string name, int type, int typed)
    {
        if (!_constants.TryGetValue(name, out var at)) return null;

        var (found, sides, values) = (0, new List<long>(), new List<byte>());
        foreach (var field in new ProtobufFields(Graph[at]))
        {
            if (field.Number == 1) sides.AddRange(field.Numbers());
            if (field.Number == 2) found = (int)field.Value;
            if (field.Number == 9 || field.Number == typed && type == FloatType) values.AddRange(field.Content);
            if (field.Number == typed && type == LongType) values.AddRange(MemoryMarshal.AsBytes<long>(field.Numbers()));
        }

        var size = type == LongType ? sizeof(long) : sizeof(float);
        return found == type && sides.Aggregate(1L, (all, side) => all * side) * size == values.Count ? ([.. values], [.. sides]) : null;
    }

    /// <summary>A text in one of a message's fields; "" where there is none.</summary>
    public static string NameOf(ReadOnlySpan<byte> message, int field)
    {
        var name = "";
        foreach (var (number, _, content) in new ProtobufFields(message))
            if (number == field) name = Encoding.UTF8.GetString(content);
        return name;
    }

    static long OpsetOf(ReadOnlySpan<byte> message)
    {
        long version = 0;
        foreach (var (number, value, _) in new ProtobufFields(message))
            if (number == 2) version = (long)value;
        return version;
    }
}
