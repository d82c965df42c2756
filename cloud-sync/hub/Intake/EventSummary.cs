using System.Data.Common;
using System.Globalization;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// What pages show at a glance, counted as events come: how often what happened in each hour, how fast doors opened, and how each
/// door stands. A page then reads a few rows where it would have counted millions.
/// </summary>
/// <param name="connection">Of the transaction.</param>
/// <param name="transaction">In which the events are kept.</param>
/// <param name="seen">What this instance has written before.</param>
/// <param name="now">By the hub's clock.</param>
sealed class EventSummary(DbConnection connection, DbTransaction transaction, SeenBefore seen, long now)
{
    public static readonly long HourMicroseconds = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    /// <summary>Upper ends of the classes of capture-to-relay times, in ms; above the last one is a class of its own.</summary>
    public static readonly int[] LatencyClasses = [100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000];

    /// <summary>What a door may be in. Who pressed a button, or that an order ended, says nothing of how it stands.</summary>
    static readonly HashSet<string> States = new(StringComparer.Ordinal)
    {
        "unlocked", "locked", "opened", "closed", "held-open", "forced", "tampered", "fire", "fire-reset", "relay-fault", "hardware-fault", "hardware-stalled",
        "shut-down",
    };

    readonly Dictionary<(long Hour, string Device, string Kind), (long Count, double Latency, long Timed)> _tally = [];
    readonly Dictionary<(long Hour, int Bucket), long> _swift = [];
    readonly Dictionary<(string Device, string Door), DoorNews> _doors = [];
    readonly HashSet<string> _devices = new(StringComparer.Ordinal), _kinds = new(StringComparer.Ordinal);

    /// <param name="what">New.</param>
    public void Add(OutboxEvent what)
    {
        var at = Math.Min(Moment.Of(what.At), now); // a door whose clock ran ahead does not stand still afterwards
        var hour = at / HourMicroseconds * HourMicroseconds;
        var latency = Latency(what);
        var tally = _tally.GetValueOrDefault((hour, what.Device, what.Kind));
        _tally[(hour, what.Device, what.Kind)] = (tally.Count + 1, tally.Latency + (latency ?? 0), tally.Timed + (latency is null ? 0 : 1));
        if (latency is { } ms)
        {
            var bucket = Array.FindIndex(LatencyClasses, end => ms <= end) is >= 0 and var found ? found : LatencyClasses.Length;
            _swift[(hour, bucket)] = _swift.GetValueOrDefault((hour, bucket)) + 1;
        }

        if (!seen.Heard.TryGetValue(what.Device, out var heard) || now - heard > SeenBefore.HeardEvery) _devices.Add(what.Device);
        if (!seen.Kinds.Contains(what.Kind)) _kinds.Add(what.Kind);
        if ((what.Door ?? what.Camera) is not { } door) return;
        // An operator's act may name a door that is none: only what a door or a camera says puts one on the wall.
        var news = _doors.GetValueOrDefault((what.Device, door)) ?? new DoorNews();
        if (news.Hear(what, at, latency)) _doors[(what.Device, door)] = news;
    }

    /// <summary>
    /// Rows in one order in every transaction, so that instances never wait for each other in a circle; those that all share come last,
    /// and each instance writes its own shard of them.
    /// </summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        await connection.WriteAsync(
            "INSERT INTO tally (hour, device, kind, count, latency, timed)",
            "ON CONFLICT (hour, device, kind) DO UPDATE SET count = tally.count + excluded.count, latency = tally.latency + excluded.latency, "
            + "timed = tally.timed + excluded.timed",
            [.. _tally.OrderBy(each => each.Key.Hour).ThenBy(each => each.Key.Device, StringComparer.Ordinal).ThenBy(each => each.Key.Kind, StringComparer.Ordinal)
                .Select(each => (object?[])[each.Key.Hour, each.Key.Device, each.Key.Kind, each.Value.Count, each.Value.Latency, each.Value.Timed])],
            stop, transaction);
        await connection.WriteAsync(
            "INSERT INTO door (device, name, kind, kind_at, person, person_at, reason, latency, liveness, state, state_at, camera, camera_at, lockdown, lockdown_at, "
            + "lockout_until, lockout_at, calibrated, calibrated_at, bolt, bolt_at)",
            LaterNewsWins,
            [.. _doors.OrderBy(each => each.Key.Device, StringComparer.Ordinal).ThenBy(each => each.Key.Door, StringComparer.Ordinal)
                .Select(each => each.Value.Row(each.Key.Device, each.Key.Door))],
            stop, transaction);
        await connection.ExecuteEachAsync(
            _devices.Order(StringComparer.Ordinal).Select(device =>
                ("UPDATE device SET event_at = @now WHERE name = @device", new (string, object?)[] { ("@now", now), ("@device", device) })),
            transaction, stop);
        await connection.WriteAsync(
            "INSERT INTO kind (name)", "ON CONFLICT (name) DO NOTHING", [.. _kinds.Order(StringComparer.Ordinal).Select(kind => (object?[])[kind])], stop, transaction);
        await connection.WriteAsync(
            "INSERT INTO total (hour, kind, shard, count, latency, timed)",
            "ON CONFLICT (hour, kind, shard) DO UPDATE SET count = total.count + excluded.count, latency = total.latency + excluded.latency, "
            + "timed = total.timed + excluded.timed",
            [.. _tally.GroupBy(each => (each.Key.Hour, each.Key.Kind)).OrderBy(each => each.Key.Hour).ThenBy(each => each.Key.Kind, StringComparer.Ordinal)
                .Select(each => (object?[])[
                    each.Key.Hour, each.Key.Kind, seen.Shard, each.Sum(one => one.Value.Count), each.Sum(one => one.Value.Latency),
                    each.Sum(one => one.Value.Timed)])],
            stop, transaction);
        await connection.WriteAsync(
            "INSERT INTO swiftness (hour, bucket, shard, count)",
            "ON CONFLICT (hour, bucket, shard) DO UPDATE SET count = swiftness.count + excluded.count",
            [.. _swift.OrderBy(each => each.Key.Hour).ThenBy(each => each.Key.Bucket)
                .Select(each => (object?[])[each.Key.Hour, (long)each.Key.Bucket, seen.Shard, each.Value])],
            stop, transaction);
    }

    /// <summary>It was committed: what is known now need not be written again.</summary>
    public void Committed()
    {
        foreach (var kind in _kinds) seen.Kinds.Add(kind);
        foreach (var device in _devices) seen.Heard[device] = now;
    }

    const string LaterNewsWins =
        """
        ON CONFLICT (device, name) DO UPDATE SET
            forgotten = 0,
            kind = CASE WHEN excluded.kind_at >= coalesce(door.kind_at, 0) THEN excluded.kind ELSE door.kind END,
            reason = CASE WHEN excluded.kind_at >= coalesce(door.kind_at, 0) THEN excluded.reason ELSE door.reason END,
            latency = CASE WHEN excluded.kind_at >= coalesce(door.kind_at, 0) THEN excluded.latency ELSE door.latency END,
            liveness = CASE WHEN excluded.kind_at >= coalesce(door.kind_at, 0) THEN excluded.liveness ELSE door.liveness END,
            kind_at = CASE WHEN excluded.kind_at >= coalesce(door.kind_at, 0) THEN excluded.kind_at ELSE door.kind_at END,
            person = CASE WHEN excluded.person_at >= coalesce(door.person_at, 0) THEN excluded.person ELSE door.person END,
            person_at = CASE WHEN excluded.person_at >= coalesce(door.person_at, 0) THEN excluded.person_at ELSE door.person_at END,
            state = CASE WHEN excluded.state_at >= coalesce(door.state_at, 0) THEN excluded.state ELSE door.state END,
            state_at = CASE WHEN excluded.state_at >= coalesce(door.state_at, 0) THEN excluded.state_at ELSE door.state_at END,
            camera = CASE WHEN excluded.camera_at >= coalesce(door.camera_at, 0) THEN excluded.camera ELSE door.camera END,
            camera_at = CASE WHEN excluded.camera_at >= coalesce(door.camera_at, 0) THEN excluded.camera_at ELSE door.camera_at END,
            lockdown = CASE WHEN excluded.lockdown_at >= coalesce(door.lockdown_at, 0) THEN excluded.lockdown ELSE door.lockdown END,
            lockdown_at = CASE WHEN excluded.lockdown_at >= coalesce(door.lockdown_at, 0) THEN excluded.lockdown_at ELSE door.lockdown_at END,
            lockout_until = CASE WHEN excluded.lockout_at >= coalesce(door.lockout_at, 0) THEN excluded.lockout_until ELSE door.lockout_until END,
            lockout_at = CASE WHEN excluded.lockout_at >= coalesce(door.lockout_at, 0) THEN excluded.lockout_at ELSE door.lockout_at END,
            calibrated = CASE WHEN excluded.calibrated_at >= coalesce(door.calibrated_at, 0) THEN excluded.calibrated ELSE door.calibrated END,
            calibrated_at = CASE WHEN excluded.calibrated_at >= coalesce(door.calibrated_at, 0) THEN excluded.calibrated_at ELSE door.calibrated_at END,
            bolt = CASE WHEN excluded.bolt_at >= coalesce(door.bolt_at, 0) THEN excluded.bolt ELSE door.bolt END,
            bolt_at = CASE WHEN excluded.bolt_at >= coalesce(door.bolt_at, 0) THEN excluded.bolt_at ELSE door.bolt_at END
        """;

    static double? Latency(OutboxEvent what) =>
        what.More is { } more && more.TryGetValue("capture_to_relay_ms", out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < 3_600_000 ? ms : null;

    /// <summary>The newest of each sort that a batch has of one door, whatever order they come in.</summary>
    sealed class DoorNews
    {
        /// <summary>No site lets one last for longer.</summary>
        const double LockoutSecondsMax = 86_400;

        (string Kind, string? Reason, double? Latency, string? Liveness, long At)? _decision;
        (string Person, long At)? _person;
        (string State, long At)? _state;
        (string Camera, long At)? _camera;
        (bool Begun, long At)? _lockdown;
        (long Until, long At)? _lockout;
        (bool Is, long At)? _calibrated;
        (string Bolt, long At)? _bolt;

        /// <returns>False: it says nothing of how a door stands.</returns>
        public bool Hear(OutboxEvent what, long at, double? latency)
        {
            if (what.Kind is "granted" || what.Kind.StartsWith("denied.", StringComparison.Ordinal))
            {
                if (IsNewer(_decision?.At, at)) _decision = (what.Kind, what.Reason, latency, what.More?.GetValueOrDefault("liveness_verdict"), at);
                if (what.More?.GetValueOrDefault("liveness_calibrated") is { } said && IsNewer(_calibrated?.At, at)) _calibrated = (said is "yes", at);
                if (what.Person is { } person && IsNewer(_person?.At, at)) _person = (person, at);
                // Cards have a lockout of their own, which keeps no face out; only a face has a track.
                if (what.Kind is "denied.locked-out" && what.More?.ContainsKey("track") is true) HearLockout(what, at);
            }
            else if (what is { Kind: "door.locked-out", Reason: "attempts" or "start" } or { Kind: "door.lockout-ended" })
            {
                HearLockout(what, at);
            }
            else if (what.Kind is "liveness.calibrated")
            {
                if (IsNewer(_calibrated?.At, at)) _calibrated = (true, at);
            }
            else if (what.Kind.StartsWith("door.lockdown", StringComparison.Ordinal))
            {
                if (IsNewer(_lockdown?.At, at)) _lockdown = (what.Kind is "door.lockdown", at);
            }
            else if (what.Kind.StartsWith("door.", StringComparison.Ordinal) && States.Contains(what.Kind["door.".Length..]))
            {
                if (IsNewer(_state?.At, at)) _state = (what.Kind["door.".Length..], at);
                if (what.Kind is "door.locked" or "door.unlocked" && IsNewer(_bolt?.At, at)) _bolt = (what.Kind["door.".Length..], at);
            }
            else if (what.Kind.StartsWith("camera.", StringComparison.Ordinal))
            {
                if (IsNewer(_camera?.At, at)) _camera = (what.Kind["camera.".Length..], at);
            }
            else
            {
                return false;
            }

            return true;
        }

        /// <summary>The value is how long it lasts from then on, but where it was ended.</summary>
        void HearLockout(OutboxEvent what, long at)
        {
            if (!IsNewer(_lockout?.At, at)) return;

            var seconds = what.Kind is "door.lockout-ended" ? 0 : Math.Clamp(what.Value ?? 0, 0, LockoutSecondsMax);
            _lockout = (at + (long)TimeSpan.FromSeconds(seconds).TotalMicroseconds, at);
        }

        public object?[] Row(string device, string door) =>
        [
            device, door, _decision?.Kind, _decision?.At, _person?.Person, _person?.At, _decision?.Reason, _decision?.Latency,
            _decision?.Liveness, _state?.State, _state?.At, _camera?.Camera, _camera?.At, _lockdown is (true, _) ? 1L : 0L, _lockdown?.At,
            _lockout?.Until, _lockout?.At, _calibrated is (var isCalibrated, _) ? isCalibrated ? 1L : 0L : null, _calibrated?.At,
            _bolt?.Bolt, _bolt?.At,
        ];

        static bool IsNewer(long? known, long at) => known is null || at >= known;
    }
}

/// <summary>What one instance need not write with every batch.</summary>
sealed class SeenBefore
{
    /// <summary>That a device was heard is written no more often: it is a row that many transactions would wait for.</summary>
    public static readonly long HeardEvery = (long)TimeSpan.FromSeconds(20).TotalMicroseconds;

    const int ShardsMax = 64;

    /// <summary>Which rows of those that all instances add to are this one's. Two that have the same one wait for each other, and no more.</summary>
    public long Shard { get; } = Random.Shared.Next(ShardsMax);

    /// <summary>Devices, and when that was written. As many as there are devices.</summary>
    public Dictionary<string, long> Heard { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Kinds { get; } = new(StringComparer.Ordinal);
}
