using System.Collections.Concurrent;
using System.Data.Common;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Fleet;

/// <summary>A command with what became of it: "done", "refused" or "failed", and null while there is no answer.</summary>
sealed record SentCommand(
    string Id, string Device, string Command, string? Door, DateTimeOffset Issued, DateTimeOffset Expires, string By, string? Result, string? Code,
    string? Message, DateTimeOffset? Answered)
{
    public static SentCommand Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.Text(3), row.Time(4), row.Time(5), row.GetString(6), row.Text(7), row.Text(8), row.Text(9),
        row.TimeOrNull(10));
}

/// <summary>
/// Something to do at once, or never: signed, sent, and remembered with its answer. What has no answer is sent again until it expires,
/// which does no harm: a device does one command once.
/// </summary>
sealed partial class CommandDesk : BackgroundService
{
    /// <summary>A door is not unlocked from here for longer than this; a schedule in its site is what keeps one open.</summary>
    const int UnlockSecondsMax = 300;

    const string Columns = "INSERT INTO command (id, device, command, door, issued, expires, by)";

    static readonly TimeSpan Look = TimeSpan.FromSeconds(1), AgainFirst = TimeSpan.FromSeconds(3);

    /// <summary>What was ordered is in the audit log for ever; its answer, which may be a whole log, is kept for so long.</summary>
    static readonly TimeSpan Kept = TimeSpan.FromDays(90), Prune = TimeSpan.FromHours(1);

    /// <summary>A door that is away for longer than this does not open when it comes back.</summary>
    static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    /// <summary>A lockdown is worth reaching a door that is away for a moment.</summary>
    static readonly TimeSpan LockdownLasts = CommandDocument.LastsMax;

    readonly IDatabase _database;
    readonly HubKeys _keys;
    readonly HubLink _link;
    readonly TimeProvider _time;
    readonly ILogger<CommandDesk> _logger;
    readonly ConcurrentDictionary<string, Sent> _unanswered = new(StringComparer.Ordinal);

    public CommandDesk(IDatabase database, HubKeys keys, HubLink link, TimeProvider time, ILogger<CommandDesk> logger)
    {
        (_database, _keys, _link, _time, _logger) = (database, keys, link, time, logger);
        link.Ears[UpChannel.Answers] = HearAsync;
    }

    /// <summary>Why a door is not unlocked for so many seconds; null: it is.</summary>
    public static string? UnlockFault(double seconds) =>
        seconds is >= 1 and <= UnlockSecondsMax ? null : $"A door is unlocked for 1 to {UnlockSecondsMax} seconds; {seconds} was said.";

    /// <param name="command">Without id and times.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Its id: the answer comes later.</returns>
    public async Task<string> SendAsync(CommandDocument command, string by, CancellationToken stop)
    {
        var (signed, text) = Sign(command);
        await using var connection = await _database.OpenAsync(stop);
        await connection.WriteAsync(Columns, "", [Row(signed, by)], stop);
        Send(signed, text);
        return signed.Id;
    }

    /// <summary>The same to every device that is not revoked: sent to all before anything is written of it.</summary>
    public async Task<int> SendToAllAsync(string command, bool off, string by, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        var devices = await connection.ListAsync("SELECT name FROM device WHERE revoked IS NULL ORDER BY name", row => row.GetString(0), [], stop);
        List<object?[]> rows = [];
        foreach (var device in devices)
        {
            var (signed, text) = Sign(new CommandDocument("", device, command, default, default, Off: off ? true : null));
            Send(signed, text);
            rows.Add(Row(signed, by));
        }

        await connection.WriteAsync(Columns, "", rows, stop);
        return devices.Count;
    }

    /// <summary>The newest first.</summary>
    /// <param name="device">Null: of all.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<SentCommand>> ListAsync(string? device, int count, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT id, device, command, door, issued, expires, by, result, code, message, answered FROM command "
            + $"{(device is null ? "" : "WHERE device = @device ")}ORDER BY issued DESC LIMIT @count", SentCommand.Read,
            device is null ? [("@count", (long)count)] : [("@device", device), ("@count", (long)count)], stop);
    }

    /// <summary>Null: there is none of that id.</summary>
    public async Task<SentCommand?> FindAsync(string id, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.FirstAsync(
            "SELECT id, device, command, door, issued, expires, by, result, code, message, answered FROM command WHERE id = @id", SentCommand.Read,
            [("@id", id)], stop);
    }

    /// <summary>What a log brought, as JSON; null: nothing yet.</summary>
    public async Task<string?> MoreAsync(string id, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.FirstAsync("SELECT more FROM command WHERE id = @id AND more IS NOT NULL", row => row.GetString(0), [("@id", id)], stop);
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look, _time);
        var prune = _time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(stop))
        {
            var now = _time.GetUtcNow();
            if (now >= prune)
            {
                await PruneAsync(now - Kept, stop);
                prune = now + Prune;
            }

            foreach (var (id, sent) in _unanswered)
            {
                if (now >= sent.Expires) _unanswered.TryRemove(id, out _);
                else if (now >= sent.Again && _unanswered.TryUpdate(id, sent with { Again = now + (sent.Pause * 2), Pause = sent.Pause * 2 }, sent))
                    _link.First(sent.Device, DownChannel.Commands, sent.Text);
            }
        }
    }

    async Task PruneAsync(DateTimeOffset before, CancellationToken stop)
    {
        try
        {
            await using var connection = await _database.OpenAsync(stop);
            await connection.ExecuteAsync("DELETE FROM command WHERE issued < @before", [("@before", Moment.Of(before))], stop);
        }
        catch (DbException e)
        {
            LogNotPruned(e.Message);
        }
    }

    (CommandDocument Signed, string Text) Sign(CommandDocument command)
    {
        var now = _time.GetUtcNow();
        var signed = command with
        {
            Id = Guid.NewGuid().ToString("N"),
            Issued = now,
            Expires = now + (command.Command is "lockdown" ? LockdownLasts : Lasts),
        };
        return (signed, signed.SignedBy(_keys.Of(KeyRole.Command)));
    }

    void Send(CommandDocument signed, string text)
    {
        _unanswered[signed.Id] = new Sent(signed.Device, text, signed.Expires, signed.Issued + AgainFirst, AgainFirst);
        _link.First(signed.Device, DownChannel.Commands, text);
    }

    static object?[] Row(CommandDocument signed, string by) =>
    [
        signed.Id, signed.Device, signed.Command + (signed.Off is true ? " off" : ""), signed.Door, Moment.Of(signed.Issued), Moment.Of(signed.Expires), by,
    ];

    async Task HearAsync(Device device, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        if (CommandAnswer.Parse(payload.Span) is not { } answer) return;

        await using var connection = await _database.OpenAsync(stop);
        var isKept = await connection.ExecuteAsync(
            "UPDATE command SET result = @result, code = @code, message = @message, answered = @now, more = coalesce(@more, more) "
            + "WHERE id = @id AND device = @device",
            [
                ("@id", answer.Id), ("@device", device.Name), ("@result", answer.Result), ("@code", answer.Code), ("@message", answer.Message),
                ("@now", _time.Now()), ("@more", answer.More?.GetRawText()),
            ], stop) > 0;
        // A device that knows of no lockdown, as one set up anew, tells no end of it: its answer does.
        if (isKept && answer.Result is "done")
        {
            await connection.ExecuteAsync(
                "UPDATE door SET lockdown = 0 WHERE device = @device AND lockdown = 1 AND EXISTS "
                + "(SELECT 1 FROM command WHERE id = @id AND command = 'lockdown off' AND (command.door IS NULL OR command.door = door.name))",
                [("@device", device.Name), ("@id", answer.Id)], stop);
        }

        // An answer may overtake the writing of what was sent to all: the command goes again then, and is answered again.
        if (isKept) _unanswered.TryRemove(answer.Id, out _);
    }

    [LoggerMessage(EventId = 22012, Level = LogLevel.Warning, Message = "Commands of long ago could not be deleted, it is tried again in an hour: {Fault}")]
    partial void LogNotPruned(string fault);

    /// <summary>A command without an answer, and when it is sent again.</summary>
    sealed record Sent(string Device, string Text, DateTimeOffset Expires, DateTimeOffset Again, TimeSpan Pause);
}
