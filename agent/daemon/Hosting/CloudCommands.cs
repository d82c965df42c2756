using System.Text.Json;
using EdgeFace.Journal;
using EdgeFace.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hosting;

/// <summary>
/// Does what a signed command asks, through the same desk that answers an operator at the device, with his role and under the
/// same rules: the cloud has no way to a door that he has not.
/// </summary>
sealed class CloudCommands(DoorDaemon daemon, ControlDesk desk)
{
    /// <summary>Events of a log that is taken, and their bytes at most: an answer fits every channel.</summary>
    const int LogEventsMax = 100, LogBytesMax = 48_000;

    static readonly Dictionary<string, ControlCommand> Allowed = ((ControlCommand[])
    [
        ControlCommands.Unlock, ControlCommands.Lock, ControlCommands.Lockdown, ControlCommands.Release, ControlCommands.Reset, ControlCommands.Lockout,
        ControlCommands.Reload,
    ]).ToDictionary(command => command.Name, StringComparer.Ordinal);

    static readonly ControlPeer Cloud = new(0, ControlPeer.CloudUser, ControlRole.Operator);

    public async Task<CommandAnswer> ExecuteAsync(CommandDocument command, CancellationToken stop)
    {
        if (command.Command == "log") return Log(command);
        if (command.Command == ControlCommands.Challenge.Name) return Challenge(command, stop);
        if (!Allowed.ContainsKey(command.Command))
        {
            return Answer(
                command, "refused", "unknown-command",
                $"There is no such command. There are: {string.Join(", ", Allowed.Keys)}, {ControlCommands.Challenge.Name}, log.");
        }

        return await AskAsync(command, stop);
    }

    /// <summary>What Home Assistant asks for, where the profile lets it; nobody has signed it.</summary>
    public Task ObeyAsync(string door, bool unlock, CancellationToken stop) => desk.AnswerAsync(
        Cloud, new ControlRequest(unlock ? ControlCommands.Unlock.Name : ControlCommands.Lock.Name, door), (_, _) => ValueTask.CompletedTask, stop);

    async Task<CommandAnswer> AskAsync(CommandDocument command, CancellationToken stop)
    {
        ControlReply? last = null;
        await desk.AnswerAsync(Cloud with { Order = command.Id }, RequestOf(command), (reply, _) =>
        {
            last = reply;
            return ValueTask.CompletedTask;
        }, stop);
        return last switch
        {
            { Exit: ControlExit.Ok } => Answer(command, "done", "", last.Say ?? ""),
            { Exit: ControlExit.No } => Answer(command, "refused", "not-now", last.Say ?? ""),
            { Exit: ControlExit.BadInput } => Answer(command, "refused", "bad-input", last.Fault ?? last.Say ?? ""),
            _ => Answer(command, "failed", "fault", last?.Fault ?? "It was cut off."),
        };
    }

    /// <summary>It takes half a minute, in which a lockdown must not wait: how it ends stands in the journal.</summary>
    CommandAnswer Challenge(CommandDocument command, CancellationToken stop)
    {
        if (daemon.Find(command.Door) is null)
            return Answer(command, "refused", "bad-input", $"There is no door '{command.Door}'. The doors are: {string.Join(", ", daemon.Posts.Select(post => post.Name))}.");
        if (ControlCommands.Challenge.FaultOf(RequestOf(command)) is { } fault) return Answer(command, "refused", "bad-input", fault);

        _ = Task.Run(() => AskAsync(command, stop), stop);
        return Answer(command, "done", "", $"A challenge has begun at {command.Door}; how it ends stands in the events.");
    }

    CommandAnswer Log(CommandDocument command)
    {
        try
        {
            var lines = new List<JsonElement>();
            var bytes = 0;
            foreach (var entry in daemon.Journal.Read().Events(new EventQuery(Last: LogEventsMax)).Reverse())
            {
                var line = entry.ToJson();
                if ((bytes += System.Text.Encoding.UTF8.GetByteCount(line) + 1) > LogBytesMax) break;

                using var parsed = JsonDocument.Parse(line);
                lines.Add(parsed.RootElement.Clone());
            }

            lines.Reverse();
            return Answer(command, "done", "", $"The last {lines.Count} events.") with
            {
                More = JsonSerializer.SerializeToElement(lines, ControlJson.Lines.ListJsonElement),
            };
        }
        catch (StorageException e)
        {
            return Answer(command, "failed", "fault", e.Message);
        }
    }

    CommandAnswer Answer(CommandDocument command, string result, string code, string message) =>
        new(command.Id, result, code, message, daemon.Time.GetUtcNow());

    static ControlRequest RequestOf(CommandDocument command) =>
        new(command.Command, command.Door, command.Seconds, Off: command.Off, Steps: command.Steps);
}
