using System.Security.Cryptography;
using System.Text;
using EdgeFace.Inference;

namespace EdgeFace.Tests.Inference;

/// <summary>
/// The smallest model that the runtime takes: one float goes in, a constant is added, one float comes out.
/// </summary>
static class TinyOnnx
{
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
            .. Field(11, Value("x")), .. Field(12, Value("y")),
        ];
        return [.. Number(1, 8), .. Field(7, graph), .. Field(8, Number(2, 13))];
    }

    public static ModelCard Card(byte[] model, string id = "tiny", string? file = null) => new(
        id, ModelKind.Pose, file ?? $"{id}.onnx", model.Length, Convert.ToHexStringLower(SHA256.HashData(model)),
        "public domain", "none", new ModelInput(8, 8, ColourOrder.Bgr, [0], [1]), new ModelSource());

    static byte[] Value(string name) =>
        [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, 1), .. Field(2, Field(1, Number(1, 1)))]))];

    static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    static byte[] Field(int field, byte[] content) => [.. Varint(field << 3 | 2), .. Varint(content.Length), .. content];

    static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
