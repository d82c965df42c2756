using System.Data.Common;
using System.Globalization;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Intake;

/// <summary>How long events are kept.</summary>
/// <param name="Kept">From when the hub received them; null: for ever.</param>
sealed record EventRetention(TimeSpan? Kept);

/// <summary>
/// Takes away events that are old, in bites that hold up nobody, on one instance. What was counted of them stays: it is of nobody. Their
/// numbers are remembered, so that they are neither missed nor taken in once more.
/// </summary>
sealed partial class EventSweep(IDatabase database, EventRetention retention, AuditLog audit, TimeProvider time, ILogger<EventSweep> logger) : BackgroundService
{
    public const int Bite = 1_000;

    /// <summary>Between two bites: who writes meanwhile gets his turn.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50), Round = TimeSpan.FromMinutes(10);

    const string Count = "events.swept";

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        if (retention.Kept is not { } kept) return;

        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var lease = await database.TryLeaseAsync("sweep", stop);
                while (lease is not null && await lease.IsHeldAsync(stop) && await BiteAsync(time.GetUtcNow() - kept, stop) == Bite) await Task.Delay(Pause, time, stop);
                if (lease is not null) await TellAsync(stop);
            }
            catch (DbException e)
            {
                LogNotSwept(e.Message);
            }

            await Task.Delay(Round, time, stop);
        }
    }

    /// <summary>The oldest of those that were received before then, in one transaction with what is remembered of them.</summary>
    /// <returns>How many.</returns>
    public async Task<int> BiteAsync(DateTimeOffset before, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var old = await connection.ListAsync(
            "SELECT device, boot, seq FROM event WHERE received < @before ORDER BY received LIMIT @bite",
            row => (Device: row.GetString(0), Key: new EventKey(row.GetInt64(1), row.GetInt64(2))), [("@before", Moment.Of(before)), ("@bite", (long)Bite)], stop, transaction);
        if (old.Count == 0) return 0;

        foreach (var device in old.GroupBy(each => each.Device, each => each.Key).OrderBy(device => device.Key, StringComparer.Ordinal))
        {
            foreach (var range in SeqRange.Of(device))
            {
                (string, object?)[] of = [("@device", device.Key), ("@boot", range.Boot), ("@first", range.From), ("@last", range.To)];
                await connection.ExecuteAsync("DELETE FROM event WHERE device = @device AND boot = @boot AND seq >= @first AND seq <= @last", of, stop, transaction);
                await connection.ExecuteAsync("DELETE FROM conflict WHERE device = @device AND boot = @boot AND seq >= @first AND seq <= @last", of, stop, transaction);
            }

            await SweptEvents.AddAsync(connection, transaction, device.Key, device, stop);
        }

        await connection.ExecuteAsync(
            "INSERT INTO setting (name, value) VALUES (@name, @count) ON CONFLICT (name) DO UPDATE SET "
            + "value = CAST(CAST(setting.value AS bigint) + CAST(excluded.value AS bigint) AS text)",
            [("@name", Count), ("@count", old.Count.ToString(CultureInfo.InvariantCulture))], stop, transaction);
        await transaction.CommitAsync(stop);
        return old.Count;
    }

    /// <summary>What was taken away since it was last said is one entry of the audit log, also after a crash.</summary>
    public async Task TellAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var count = await connection.FirstAsync("SELECT value FROM setting WHERE name = @name", row => row.GetString(0), [("@name", Count)], stop, transaction);
        if (count is null) return;

        await connection.ExecuteAsync("DELETE FROM setting WHERE name = @name", [("@name", Count)], stop, transaction);
        await audit.WriteAsync(connection, transaction, "retention", "events.sweep", "events", $"{count} events older than {retention.Kept?.TotalDays:0} days", stop);
        await transaction.CommitAsync(stop);
        LogSwept(count);
    }

    [LoggerMessage(EventId = 21030, Level = LogLevel.Warning, Message = "Old events could not be taken away, it is tried again: {Fault}")]
    partial void LogNotSwept(string fault);

    [LoggerMessage(EventId = 21031, Level = LogLevel.Information, Message = "Old events were taken away: {Count}")]
    partial void LogSwept(string count);
}
