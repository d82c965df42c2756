using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EdgeFace.Hosting;

/// <summary>One line of an answer. The last one is done and carries the exit code that a shell gets.</summary>
/// <param name="Say">A sentence for people.</param>
/// <param name="Answer">The same for programs.</param>
/// <param name="Fault">What went wrong, the value, the limit and what to do.</param>
/// <param name="Done">Nothing follows.</param>
/// <param name="Exit">As <see cref="ControlExit"/>.</param>
sealed record ControlReply(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Say = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Answer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fault = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Done = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Exit = null)
{
    /// <summary>Done as asked.</summary>
    public static ControlReply Did(string say) => new(say, Done: true, Exit: ControlExit.Ok);

    /// <summary>The answer is no: the door refused, the face is somebody else's.</summary>
    public static ControlReply No(string say) => new(say, Done: true, Exit: ControlExit.No);

    /// <summary>The whole answer, as one value.</summary>
    public static ControlReply With<T>(T answer, JsonTypeInfo<T> form) =>
        new(Answer: JsonSerializer.SerializeToElement(answer, form), Done: true, Exit: ControlExit.Ok);

    /// <summary>It was not done, and why.</summary>
    public static ControlReply Refuse(string fault, int exit = ControlExit.BadInput) =>
        new(Fault: fault, Done: true, Exit: exit);

    /// <summary>There is no such door.</summary>
    public static ControlReply NoSuchDoor(string? door, IEnumerable<string> doors) =>
        Refuse($"There is no door '{door}'. The doors are: {string.Join(", ", doors)}.");

    /// <summary>A line on the way: what to do next, how far it is.</summary>
    public static ControlReply Along(string say) => new(say);

    /// <summary>One of many values.</summary>
    public static ControlReply Along<T>(T answer, JsonTypeInfo<T> form) =>
        new(Answer: JsonSerializer.SerializeToElement(answer, form));

    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ControlJson.Lines.ControlReply), (byte)'\n'];

    /// <exception cref="ControlException">It is no reply.</exception>
    public static ControlReply Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, ControlJson.Lines.ControlReply) is { } reply) return reply;
        }
        catch (JsonException e)
        {
            throw new ControlException(ControlFault.Broken,
                "What answers at the control socket is no edgeface, or one of another version: " + e.Message, e);
        }

        throw new ControlException(ControlFault.Broken, "What answers at the control socket says null, and is no edgeface.");
    }
}

/// <summary>What a shell is told; the same numbers as of every other command.</summary>
static class ControlExit
{
    public const int Ok = 0;
    public const int No = 1;
    public const int BadInput = 3;
    public const int Damaged = 4;
}
