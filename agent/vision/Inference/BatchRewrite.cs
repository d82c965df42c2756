namespace EdgeFace.Inference;

/// <summary>
/// Lets a model that was made for one picture take several at once: the first side of its input and outputs, and of what it reshapes on
/// the way, becomes their number. Whether it then gives for each what it gives for one alone is shown by <see cref="BatchProof"/>.
/// </summary>
static class BatchRewrite
{
    const int InputOfGraph = 11, OutputOfGraph = 12, ShapeOfTensor = 13;

    /// <summary>From a value's description to the first side of its shape: type, tensor_type, shape, dim.</summary>
    static readonly int[] FirstSide = [2, 1, 2, 1];

    /// <returns>The model; or null and why it cannot be done.</returns>
    public static (byte[]? Model, string? Why) To(byte[] model, int batch)
    {
        try
        {
            var graph = new GraphEdits(model);
            var ofPicture = new HashSet<string>(StringComparer.Ordinal);
            foreach (var field in new ProtobufFields(graph.Graph))
            {
                // Shapes in between are computed anew.
                if (field.Number == ShapeOfTensor) graph.Replace(field.At, []);
                if (field.Number is not (InputOfGraph or OutputOfGraph)) continue;

                var name = GraphEdits.NameOf(field.Content, 1);
                if (field.Number == InputOfGraph && graph.IsConstant(name)) continue;
                if (Side(field.Content) is > 1 and var side)
                    return (null, $"the first side of {name} is {side} and does not count pictures.");

                var described = new ProtobufMessage();
                if (!Rewritten(described, field.Content, FirstSide, new ProtobufMessage().Number(1, (ulong)batch).Written))
                    return (null, $"{name} has no shape.");

                graph.Replace(field.At, new ProtobufMessage().Bytes(field.Number, described.Written).Written);
                if (field.Number == InputOfGraph) ofPicture.Add(name);
            }

            foreach (var node in graph.Nodes)
            {
                if (!node.Inputs.Any(ofPicture.Contains)) continue;

                ofPicture.UnionWith(node.Outputs);
                if (node is not { Kind: "Reshape", Inputs: [var data, var shape] } || !ofPicture.Contains(data)) continue;

                if (graph.Longs(shape) is [1, .. var rest]) graph.Rewire(node, 1, graph.Add($"{node.Outputs[0]}:batch", [batch, .. rest]));
            }

            return (graph.Write(), null);
        }
        catch (FormatException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The first side; 0 where it has a name in place of a number, or where there is none.</summary>
    static long Side(ReadOnlySpan<byte> value)
    {
        foreach (var step in FirstSide)
        {
            ReadOnlySpan<byte> inner = default;
            foreach (var field in new ProtobufFields(value))
            {
                if (field.Number != step) continue;

                inner = field.Content;
                break;
            }

            value = inner;
        }

        long side = 0;
        foreach (var (number, size, _) in new ProtobufFields(value))
            if (number == 1) side = (long)size;
        return side;
    }

    /// <summary>The message with other content in the field that a path leads to, the first of its number at each step.</summary>
    static bool Rewritten(ProtobufMessage target, ReadOnlySpan<byte> message, ReadOnlySpan<int> path, ReadOnlySpan<byte> content)
    {
        var isDone = false;
        foreach (var field in new ProtobufFields(message))
        {
            if (isDone || field.Number != path[0])
            {
                target.Fields(message[field.At]);
                continue;
            }

            isDone = true;
            if (path.Length == 1)
            {
                target.Bytes(field.Number, content);
                continue;
            }

            var inner = new ProtobufMessage();
            isDone = Rewritten(inner, field.Content, path[1..], content);
            target.Bytes(field.Number, inner.Written);
        }

        return isDone;
    }
}
