using System.Data.Common;
using System.Runtime.CompilerServices;
using EdgeFace.Consumer;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// Looks for numbers that never came, and asks for them. Alarms overtake a backlog, so numbers are missing for a while on purpose: only
/// what is missing in two rounds is asked for. Each hole that is neither filled nor said to be gone is asked for ever more seldom. One
/// instance of the hub does it for all devices.
/// </summary>
sealed partial class HoleSweep(IDatabase database, HubKeys keys, TimeProvider time, ILogger<HoleSweep> logger) : BackgroundService
{
    const int DevicesMax = 100_000, RowsMax = 20_000;

    static readonly TimeSpan Round = TimeSpan.FromSeconds(30), PauseMax = TimeSpan.FromMinutes(10), FillingMax = TimeSpan.FromMinutes(5);

    /// <summary>Devices of which something was missing in the last look.</summary>
    readonly Dictionary<string, Watch> _watched = new(StringComparer.Ordinal);
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

    /// <summary>One round: looks at those who have sent something, and asks for what was missing in the round before, too.</summary>
    public async Task SweepAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var since = _since;
        var next = time.Now() - (Round.Ticks / TimeSpan.TicksPerMicrosecond * 2) - SeenBefore.HeardEvery;
        var devices = await connection.ListAsync(
            "SELECT device.name, device.missing, coalesce(complete.boot, 0), coalesce(complete.seq, 0), coalesce(event_at, 0) FROM device "
            + "LEFT JOIN complete ON complete.device = device.name WHERE revoked IS NULL AND (event_at >= @since OR missing > 0) ORDER BY event_at LIMIT @max",
            row => (Name: row.GetString(0), Missing: row.GetInt64(1), Complete: new EventKey(row.GetInt64(2), row.GetInt64(3)), EventAt: row.GetInt64(4)),
            [("@since", since), ("@max", (long)DevicesMax)], stop);
        foreach (var gone in _watched.Keys.Except(devices.Select(device => device.Name)).ToList()) _watched.Remove(gone);
        foreach (var (device, known, complete, eventAt) in devices)
        {
            var before = _watched.GetValueOrDefault(device) ?? new Watch([], complete);
            var isSilent = before.Gaps.Count > 0 && eventAt < since && !before.Gaps.Any(IsDue);
            var watch = isSilent ? before : await LookAsync(connection, device, before, stop);
            var missing = watch.Holes.Sum(hole => hole.To - hole.From + 1);
            if (missing != known)
                await connection.ExecuteAsync("UPDATE device SET missing = @missing WHERE name = @device", [("@missing", missing), ("@device", device)], stop);
            if (watch.Gaps.Count == 0)
            {
                _watched.Remove(device);
                continue;
            }

            // Where a part of an old gap was filled, a backlog comes: what lies behind it comes, too, and is not asked for meanwhile.
            var isFilling = watch.Gaps.Any(gap => gap.Asks is null && !before.Seen.IsBefore(gap.Before));
            var fillingSince = isFilling ? before.FillingSince ?? time.GetTimestamp() : (long?)null;
            var waits = fillingSince is { } began && time.GetElapsedTime(began) < FillingMax;
            _watched[device] = watch with { Gaps = AskFor(device, watch.Gaps, waits), FillingSince = fillingSince };
        }

        _since = next; // not before: what failed is looked at again
    }

    bool IsDue(Gap gap) => gap.Asks is { } asks && time.GetElapsedTime(asks.At) >= asks.Pause;

    /// <summary>A hole that was not there in the round before is left for the next one.</summary>
    Gap[] AskFor(string device, IReadOnlyList<Gap> gaps, bool waits)
    {
        var due = waits ? [] : gaps.Where(IsDue).ToList();
        var holes = due.SelectMany(gap => gap.Holes).Take(ResendRequest.RangesMax).ToArray();
        if (holes.Length > 0) Ask(device, keys.Sign(KeyRole.Receipt, ResendRequest.Type, new ResendRequest(device, holes).ToJson()));

        return
        [
            .. gaps.Select(gap => gap with
            {
                Asks = due.Contains(gap) ? (time.GetTimestamp(), Later(gap.Asks?.Pause ?? default)) : gap.Asks ?? (time.GetTimestamp(), TimeSpan.Zero),
            }),
        ];
    }

    static TimeSpan Later(TimeSpan pause) => pause == TimeSpan.Zero ? Round * 1.5 : pause * 2 < PauseMax ? pause * 2 : PauseMax;

    /// <summary>
    /// Looks into the gaps that were there, and at all that came behind them. Up to where nothing is missing is remembered in the database,
    /// so that another instance begins there. With as many holes as a request takes it ends, and goes on from there once some are filled.
    /// </summary>
    /// <param name="connection">To the database.</param>
    /// <param name="device">Whose.</param>
    /// <param name="before">What is known of it.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<Watch> LookAsync(DbConnection connection, string device, Watch before, CancellationToken stop)
    {
        List<Gap> gaps = [];
        IReadOnlyList<GoneRange>? gone = null;
        var (seen, holes) = (before.Seen, 0);
        foreach (var (from, to) in before.Gaps.Select(gap => (gap.After, (EventKey?)gap.Before)).Append((before.Seen, null)))
        {
            var last = from;
            await foreach (var next in KeysAsync(connection, device, from, to, stop))
            {
                // What is gone is read only where numbers do not follow each other: of most devices, never.
                if (next.Seq > last.Seq + 1) gone ??= await GoneAsync(connection, device, stop);
                if (GoneRange.Between(last, next, gone ?? []).ToArray() is { Length: > 0 } found)
                {
                    gaps.Add(before.Gaps.FirstOrDefault(gap => (gap.After, gap.Before) == (last, next)) is { } same ? same with { Holes = found } : new Gap(last, next, found, null));
                    holes += found.Length;
                }

                last = next;
                if (holes >= ResendRequest.RangesMax) return await NotedAsync(connection, device, before, new Watch(gaps, last), stop);
            }

            if (to is null) seen = last;
        }

        return await NotedAsync(connection, device, before, new Watch(gaps, seen), stop);
    }

    static async Task<Watch> NotedAsync(DbConnection connection, string device, Watch before, Watch watch, CancellationToken stop)
    {
        if (watch.Complete != before.Complete)
        {
            await connection.ExecuteAsync(
                "INSERT INTO complete (device, boot, seq) VALUES (@device, @boot, @seq) "
                + "ON CONFLICT (device) DO UPDATE SET boot = excluded.boot, seq = excluded.seq",
                [("@device", device), ("@boot", watch.Complete.Boot), ("@seq", watch.Complete.Seq)], stop);
        }

        return watch;
    }

    /// <summary>What is there behind a key, in order; where there is an end, up to it and with it.</summary>
    static async IAsyncEnumerable<EventKey> KeysAsync(
        DbConnection connection, string device, EventKey from, EventKey? to, [EnumeratorCancellation] CancellationToken stop)
    {
        var last = from;
        List<EventKey> page;
        do
        {
            page = await PageAsync(connection, device, last, to, stop);
            foreach (var key in page) yield return last = key;
        }
        while (page.Count == RowsMax);

        if (to is { } end) yield return end;
    }

    /// <summary>What is there between two keys, in order, both left out.</summary>
    static Task<List<EventKey>> PageAsync(DbConnection connection, string device, EventKey from, EventKey? to, CancellationToken stop) => connection.ListAsync(
        $"SELECT boot, seq FROM event WHERE device = @device AND (boot, seq) > (@boot, @seq){(to is null ? "" : " AND (boot, seq) < (@boot_to, @seq_to)")} "
        + "ORDER BY boot, seq LIMIT @max",
        row => new EventKey(row.GetInt64(0), row.GetInt64(1)),
        [
            ("@device", device), ("@boot", from.Boot), ("@seq", from.Seq), ("@max", (long)RowsMax),
            .. to is { } end ? [("@boot_to", end.Boot), ("@seq_to", end.Seq)] : Array.Empty<(string, object?)>(),
        ], stop);

    static async Task<IReadOnlyList<GoneRange>> GoneAsync(DbConnection connection, string device, CancellationToken stop) =>
    [
        .. await connection.ListAsync(
            "SELECT boot, first, last, why FROM gone WHERE device = @device ORDER BY first",
            row => new GoneRange(device, row.Long(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)), [("@device", device)], stop),
        .. (await SweptEvents.OfAsync(connection, device, stop)).Select(range => new GoneRange(device, range.Boot, range.From, range.To, "swept")),
    ];

    [LoggerMessage(EventId = 21010, Level = LogLevel.Warning, Message = "What is missing could not be looked for, the next round does: {Fault}")]
    partial void LogNotSwept(string fault);

    /// <summary>What is known of a device.</summary>
    /// <param name="Gaps">In order.</param>
    /// <param name="Seen">All up to here was looked at.</param>
    /// <param name="FillingSince">Since when each look has found a gap smaller; a timestamp. Null: the last one did not.</param>
    public sealed record Watch(IReadOnlyList<Gap> Gaps, EventKey Seen, long? FillingSince = null)
    {
        /// <summary>Up to here nothing is missing.</summary>
        public EventKey Complete => Gaps.Count == 0 ? Seen : Gaps[0].After;

        public IEnumerable<MissedRange> Holes => Gaps.SelectMany(gap => gap.Holes);
    }

    /// <summary>Two neighbours between which numbers are missing.</summary>
    /// <param name="After">The one before; the start, where there is none.</param>
    /// <param name="Before">The one behind.</param>
    /// <param name="Holes">What is missing, without what is gone.</param>
    /// <param name="Asks">When it was last asked for, or found, a timestamp; and how long after that it is asked for again. Null: it was found just now.</param>
    public sealed record Gap(EventKey After, EventKey Before, IReadOnlyList<MissedRange> Holes, (long At, TimeSpan Pause)? Asks);
}
