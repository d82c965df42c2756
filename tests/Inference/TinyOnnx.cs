using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Inference;

namespace EdgeFace.Tests.Inference;

/// <summary>A tensor of a made model. With values it is a constant, as an output always the same. Type 1 is float, 6 int32.</summary>
sealed record TinyTensor(string Name, int[] Shape, float[]? Values = null, int Type = 1)
{
    public static TinyTensor Filled(string name, float value, params int[] shape) =>
        new(name, shape, [.. Enumerable.Repeat(value, shape.Aggregate(1, (all, side) => all * side))]);
}

/// <summary>One operator of a made model, without attributes.</summary>
sealed record TinyNode(string Operator, string Result, params string[] Inputs);

/// <summary>Models as small as the runtime takes them, written down byte by byte.</summary>
static class TinyOnnx
{
    /// <summary>One float goes in, a constant is added, one float comes out.</summary>
    public static byte[] Build(string? weightsIn = null, bool inSubgraph = false)
    {
        byte[] weight =
        [
            .. Number(1, 1), .. Number(2, 1), .. Text(8, "w"),
            .. weightsIn is null
                ? Field(9, BitConverter.GetBytes(1f))
                : [.. Field(13, [.. Text(1, "location"), .. Text(2, weightsIn)]), .. Number(14, 1)],
        ];
        byte[] add = [.. Text(1, "x"), .. Text(1, "w"), .. Text(2, "y"), .. Text(4, "Add")];
        byte[] graph =
        [
            .. Field(1, inSubgraph ? [.. add, .. Field(5, [.. Text(1, "g"), .. Field(6, Field(5, weight))])] : add),
            .. Text(2, "g"), .. inSubgraph ? [] : Field(5, weight),
            .. Field(11, Value(new("x", [1]))), .. Field(12, Value(new("y", [1]))),
        ];
        return [.. Number(1, 8), .. Field(7, graph), .. Field(8, Number(2, 13))];
    }

    /// <summary>A model that gives the same whatever it sees.</summary>
    public static byte[] Constant(TinyTensor input, params TinyTensor[] outputs) => Graph(
        [input], outputs, [.. outputs.Select(one => new TinyNode("Identity", one.Name, $"{one.Name}-is"))],
        [.. outputs.Select(one => one with { Name = $"{one.Name}-is" })]);

    public static byte[] Graph(
        TinyTensor[] inputs, TinyTensor[] outputs, TinyNode[] nodes, TinyTensor[]? constants = null, int opset = 13)
    {
        byte[] graph =
        [
            .. nodes.SelectMany(node => Field(1,
                [.. node.Inputs.SelectMany(one => Text(1, one)), .. Text(2, node.Result), .. Text(4, node.Operator)])),
            .. Text(2, "g"),
            .. (constants ?? []).SelectMany(one => Field(5,
                [.. one.Shape.SelectMany(side => Number(1, side)), .. Number(2, 1), .. Text(8, one.Name), .. Field(9, Raw(one))])),
            .. inputs.SelectMany(one => Field(11, Value(one))), .. outputs.SelectMany(one => Field(12, Value(one))),
        ];
        return [.. Number(1, 8), .. Field(7, graph), .. Field(8, Number(2, opset))];
    }

    public static ModelCard Card(byte[] model, string id = "tiny", string? file = null) => new(
        id, ModelKind.Pose, file ?? $"{id}.onnx", model.Length, Convert.ToHexStringLower(SHA256.HashData(model)),
        "public domain", "none", new ModelInput(8, 8, ColourOrder.Bgr, [0], [1]), new ModelSource());

    /// <summary>Writes the model into a folder and gives its card.</summary>
    public static ModelCard Install(ScratchFolder folder, byte[] model, ModelKind kind, ModelInput input, string id = "tiny")
    {
        var card = Card(model, id) with { Kind = kind, Input = input };
        File.WriteAllBytes(folder[card.File], model);
        return card;
    }

    static byte[] Raw(TinyTensor tensor) => MemoryMarshal.AsBytes<float>(tensor.Values).ToArray();

    static byte[] Value(TinyTensor tensor) =>
    [
        .. Text(1, tensor.Name),
        .. Field(2, Field(1,
        [
            .. Number(1, tensor.Type),
            .. Field(2, [.. tensor.Shape.SelectMany(side => Field(1, side < 0 ? Text(2, "n") : Number(1, side)))]),
        ])),
    ];

    static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    static byte[] Field(int field, byte[] content) => [.. Varint(field << 3 | 2), .. Varint(content.Length), .. content];

    static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
