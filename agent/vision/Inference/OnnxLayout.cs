using System.Text;

namespace EdgeFace.Inference;

/// <summary>
/// Walks an ONNX file's protobuf messages (onnx.proto3 of the ONNX project, IR version 10) without building them, to
/// find tensors that keep their values in other files. The runtime would open whatever path they name.
/// </summary>
static class OnnxLayout
{
    /// <summary>
    /// Control flow may nest graphs in nodes; nobody's model nests them this deep, and a hostile one costs no stack.
    /// </summary>
    const int DepthMax = 64;

    enum Message { Model, Graph, Node, Attribute, Tensor, Sparse, Function, Training }

    /// <summary>Null when the model stands alone; else what is wrong with it, as a sentence.</summary>
    public static string? Fault(ReadOnlySpan<byte> model)
    {
        try
        {
            var hasGraph = false;
            foreach (var (field, _, _) in new ProtobufFields(model)) hasGraph |= field == 7;
            return hasGraph ? External(model, Message.Model, 0) : "it is not an ONNX model.";
        }
        catch (FormatException e)
        {
            return $"it is not an ONNX model: {e.Message}";
        }
    }

    static string? External(ReadOnlySpan<byte> message, Message type, int depth)
    {
        if (depth > DepthMax) throw new FormatException($"its graphs nest deeper than {DepthMax}.");

        foreach (var (field, value, content) in new ProtobufFields(message))
        {
            if (type is Message.Tensor && field == 14 && value == 1 || type is Message.Tensor && field == 13)
                return $"it keeps weights in another file ({Location(message)}). Only models in one file are opened.";
            if (Child(type, field) is { } child && External(content, child, depth + 1) is { } fault) return fault;
        }

        return null;
    }

    /// <summary>Which fields hold messages that can hold a tensor.</summary>
    static Message? Child(Message type, int field) => (type, field) switch
    {
        (Message.Model, 7) or (Message.Attribute, 6 or 11) or (Message.Training, 1 or 2) => Message.Graph,
        (Message.Model, 20) => Message.Training,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.Sparse, 1 or 2) => Message.Tensor,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.Sparse,
        (Message.Node, 5) or (Message.Function, 11) => Message.Attribute,
        _ => null,
    };

    static string Location(ReadOnlySpan<byte> tensor)
    {
        foreach (var (field, _, entry) in new ProtobufFields(tensor))
        {
            if (field != 13) continue;
            var (key, text) = ("", "");
            foreach (var (part, _, content) in new ProtobufFields(entry))
            {
                if (part == 1) key = Encoding.UTF8.GetString(content);
                if (part == 2) text = Encoding.UTF8.GetString(content);
            }

            if (key == "location") return text;
        }

        return "not named";
    }
}
