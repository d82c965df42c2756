using System.Data.Common;
using EdgeFace.Consumer;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// Looks for numbers that never came, and asks for them. Alarms overtake a backlog, so numbers are missing for a while on purpose: only
/// what is missing in two rounds is asked for. Whoever neither sends it nor says that it is gone is asked ever more seldom. One instance
/// of the hub does it for all devices.
/// </summary>
sealed partial class HoleSweep(IDatabase database, HubKeys keys, TimeProvider time, ILogger<HoleSweep> logger) : BackgroundService
{
    const int DevicesMax = 100_000, RowsMax = 20_000;

    static readonly TimeSpan Round = TimeSpan.FromSeconds(30), PauseMax = TimeSpan.FromMinutes(10);

    /// <summary>What was missing in the last look, by device.</summary>
    readonly Dictionary<string, Missed> _before = new(StringComparer.Ordinal);
    long _since;

    /// <summary>Takes a signed request to a device. Set before it runs.</summary>
    public Action<string, string> Ask { get; set; } = (_, _) => { };

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Round, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                await using var lease = await database.TryLeaseAsync("holes", stop);
                if (lease is not null) await SweepAsync(stop);
            }
            catch (Exception e) when (e is DbException or StoreException)
            {
                LogNotSwept(e.Message);
            }
        }
    }

    /// <summary>One round: asks those who have not sent, nor said to be gone, what was missing in the round before, too.</summary>
    public async Task SweepAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var since = _since;
        _since = time.Now() - (Round.Ticks / TimeSpan.TicksPerMicrosecond * 2) - SeenBefore.HeardEvery;
        var devices = await connection.ListAsync(
            "SELECT device.name, device.missing, coalesce(complete.boot, 0), coalesce(complete.seq, 0) FROM device "
            + "LEFT JOIN complete ON complete.device = device.name WHERE revoked IS NULL AND (event_at >= @since OR missing > 0) ORDER BY event_at LIMIT @max",
            row => (Name: row.GetString(0), Missing: row.GetInt64(1), Complete: new EventKey(row.GetInt64(2), row.GetInt64(3))),
            [("@since", since), ("@max", (long)DevicesMax)], stop);
        foreach (var (device, known, complete) in devices)
        {
            var before = _before.GetValueOrDefault(device);
            if (before is not null && time.GetElapsedTime(before.LookedAt) < before.Pause) continue;

            var holes = await HolesAsync(connection, device, complete, stop);
            var missing = holes.Sum(hole => hole.To - hole.From + 1);
            if (missing != known)
                await connection.ExecuteAsync("UPDATE device SET missing = @missing WHERE name = @device", [("@missing", missing), ("@device", device)], stop);
            if (holes.Count == 0)
            {
                _before.Remove(device);
                continue;
            }

            var isSame = before?.First.From == holes[0].From;
            if (isSame) Ask(device, keys.Sign(KeyRole.Receipt, ResendRequest.Type, new ResendRequest(device, [.. holes]).ToJson()));
            var pause = !isSame ? TimeSpan.Zero : before is null || before.Pause == TimeSpan.Zero ? Round * 1.5 : before.Pause * 2;
            _before[device] = new Missed(holes[0], time.GetTimestamp(), pause < PauseMax ? pause : PauseMax);
        }
    }

    /// <summary>
    /// Numbers below the last that are neither here nor known to be gone, at most as many as a request takes. A hole between two boots
    /// has none of its own. What is complete is remembered, so that the next look begins there.
    /// </summary>
    /// <param name="connection">To the database.</param>
    /// <param name="device">Whose.</param>
    /// <param name="start">Up to here nothing is missing.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<IReadOnlyList<MissedRange>> HolesAsync(DbConnection connection, string device, EventKey start, CancellationToken stop)
    {
        (string, object?)[] of = [("@device", device)];
        List<MissedRange> holes = [];
        IReadOnlyList<GoneRange>? gone = null;
        var (from, complete) = (start, start);
        while (true)
        {
            var present = await connection.ListAsync(
                "SELECT boot, seq FROM event WHERE device = @device AND (boot, seq) > (@boot, @seq) ORDER BY boot, seq LIMIT @max",
                row => new EventKey(row.GetInt64(0), row.GetInt64(1)), [.. of, ("@boot", from.Boot), ("@seq", from.Seq), ("@max", (long)RowsMax)], stop);

            // What is gone is read only where numbers do not follow each other: of most devices, never.
            if (!GoneRange.IsDense(from, present)) gone ??= await GoneAsync(connection, device, stop);
            var (found, dense) = GoneRange.Holes(from, present, gone ?? []);
            if (holes.Count == 0) complete = dense;
            holes.AddRange(found.Take(ResendRequest.RangesMax - holes.Count));
            if (present.Count < RowsMax || holes.Count == ResendRequest.RangesMax) break;

            from = present[^1];
        }

        if (complete != start)
        {
            await connection.ExecuteAsync(
                "INSERT INTO complete (device, boot, seq) VALUES (@device, @boot, @seq) "
                + "ON CONFLICT (device) DO UPDATE SET boot = excluded.boot, seq = excluded.seq",
                [.. of, ("@boot", complete.Boot), ("@seq", complete.Seq)], stop);
        }

        return holes;
    }

    static async Task<IReadOnlyList<GoneRange>> GoneAsync(DbConnection connection, string device, CancellationToken stop) =>
    [
        .. await connection.ListAsync(
            "SELECT boot, first, last, why FROM gone WHERE device = @device ORDER BY first",
            row => new GoneRange(device, row.Long(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)), [("@device", device)], stop),
        .. (await SweptEvents.OfAsync(connection, device, stop)).Select(range => new GoneRange(device, range.Boot, range.From, range.To, "swept")),
    ];

    [LoggerMessage(EventId = 21010, Level = LogLevel.Warning, Message = "What is missing could not be looked for, the next round does: {Fault}")]
    partial void LogNotSwept(string fault);

    /// <param name="First">The first of what was missing.</param>
    /// <param name="LookedAt">When that was seen; a timestamp.</param>
    /// <param name="Pause">Until it is looked for again.</param>
    sealed record Missed(MissedRange First, long LookedAt, TimeSpan Pause);
}
