using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// The commands that were done or begun, and how they ended, for as long as one of them could come again. They are on the disk
/// before a command is begun: after a crash it is not done twice, and may not have been done at all.
/// </summary>
sealed class CommandMemory
{
    public const int CountMax = 1_024;

    /// <summary>A command that was done before the memory was lost has expired by then, whatever two trusted clocks differ.</summary>
    public static readonly TimeSpan LostFor = CommandDocument.LastsMax + CommandDocument.Skew;

    const int MessageMax = 200;

    readonly Dictionary<string, CommandTrace> _traces;
    readonly TimeProvider _time;
    readonly long _openedAt;
    readonly bool _isLost;

    /// <param name="kept">What <see cref="ToBytes"/> gave before; null when nothing was.</param>
    /// <param name="time">How long it is open.</param>
    /// <param name="isLost">What was kept before cannot be had: then no command is known to be a new one for a while.</param>
    public CommandMemory(byte[]? kept, TimeProvider time, bool isLost = false)
    {
        var read = Read(kept);
        (_traces, _isLost) = (read.Traces, isLost || read.IsLost);
        (_time, _openedAt) = (time, time.GetTimestamp());
    }

    /// <summary>Of a memory that was lost: what may have been done already is not done, until nothing of that time is valid.</summary>
    /// <remarks>By what passes while it is open: a wall clock may be wrong, and a restart begins anew.</remarks>
    public bool IsLost => _isLost && _time.GetElapsedTime(_openedAt) < LostFor;

    public bool Has(string id) => _traces.ContainsKey(id);

    /// <summary>How it ended; null where the device went down before that was known.</summary>
    public CommandAnswer? AnswerTo(string id) => _traces.TryGetValue(id, out var trace) ? trace.Answer : null;

    /// <summary>Lets go of what has expired; false when still too many are remembered.</summary>
    public bool HasRoom(DateTimeOffset now)
    {
        foreach (var id in _traces.Where(each => each.Value.Expires + CommandDocument.Skew < now).Select(each => each.Key).ToArray()) _traces.Remove(id);
        return _traces.Count < CountMax;
    }

    public void Begin(CommandDocument command) => _traces[command.Id] = new CommandTrace(command.Expires, Answer: null);

    /// <summary>It was never begun: it may come again.</summary>
    public void Undo(CommandDocument command) => _traces.Remove(command.Id);

    /// <summary>Without what it brought, as the log: that may be asked for anew.</summary>
    public void End(CommandDocument command, CommandAnswer answer) => _traces[command.Id] = new CommandTrace(
        command.Expires, answer with { More = null, Message = answer.Message.Length > MessageMax ? answer.Message[..MessageMax] : answer.Message });

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(new CommandTraces(_traces, IsLost), CommandMemoryJson.Default.CommandTraces);

    static CommandTraces Read(byte[]? kept)
    {
        try
        {
            return kept is null ? new([], false) : JsonSerializer.Deserialize(kept, CommandMemoryJson.Default.CommandTraces) ?? new([], true);
        }
        catch (JsonException)
        {
            return new([], true); // a state under the journal's signature is whole: this is one of another version
        }
    }
}

/// <param name="Expires">Of the command.</param>
/// <param name="Answer">Null: begun.</param>
sealed record CommandTrace(DateTimeOffset Expires, CommandAnswer? Answer);

sealed record CommandTraces(Dictionary<string, CommandTrace> Traces, bool IsLost);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CommandTraces))]
sealed partial class CommandMemoryJson : JsonSerializerContext;
