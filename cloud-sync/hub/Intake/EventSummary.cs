using System.Data.Common;
using System.Globalization;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// What pages show at a glance, counted as events come: how often what happened in each hour, how fast doors opened, and how each
/// door stands. A page then reads a few rows where it would have counted millions.
/// </summary>
sealed class EventSummary(DbConnection connection, DbTransaction transaction)
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
    readonly HashSet<string> _devices = new(StringComparer.Ordinal);

    /// <param name="what">New.</param>
    public void Add(OutboxEvent what)
    {
        var at = Moment.Of(what.At);
        var hour = at / HourMicroseconds * HourMicroseconds;
        var latency = Latency(what);
        var tally = _tally.GetValueOrDefault((hour, what.Device, what.Kind));
        _tally[(hour, what.Device, what.Kind)] = (tally.Count + 1, tally.Latency + (latency ?? 0), tally.Timed + (latency is null ? 0 : 1));
        if (latency is { } ms)
        {
            var bucket = Array.FindIndex(LatencyClasses, end => ms <= end) is >= 0 and var found ? found : LatencyClasses.Length;
            _swift[(hour, bucket)] = _swift.GetValueOrDefault((hour, bucket)) + 1;
        }

        _devices.Add(what.Device);
        if ((what.Door ?? what.Camera) is not { } door) return;
        if (!_doors.TryGetValue((what.Device, door), out var news)) _doors[(what.Device, door)] = news = new DoorNews();
        news.Hear(what, at, latency);
    }

    public async Task WriteAsync(long now, CancellationToken stop)
    {
        foreach (var ((hour, device, kind), (count, latency, timed)) in _tally)
        {
            await connection.ExecuteAsync(
                "INSERT INTO tally (hour, device, kind, count, latency, timed) VALUES (@hour, @device, @kind, @count, @latency, @timed) "
                + "ON CONFLICT (hour, device, kind) DO UPDATE SET count = tally.count + excluded.count, "
                + "latency = tally.latency + excluded.latency, timed = tally.timed + excluded.timed",
                [("@hour", hour), ("@device", device), ("@kind", kind), ("@count", count), ("@latency", latency), ("@timed", timed)], stop, transaction);
        }

        foreach (var ((hour, bucket), count) in _swift)
        {
            await connection.ExecuteAsync(
                "INSERT INTO swiftness (hour, bucket, count) VALUES (@hour, @bucket, @count) "
                + "ON CONFLICT (hour, bucket) DO UPDATE SET count = swiftness.count + excluded.count",
                [("@hour", hour), ("@bucket", (long)bucket), ("@count", count)], stop, transaction);
        }

        foreach (var ((device, door), news) in _doors) await WriteAsync(device, door, news, stop);
        foreach (var device in _devices)
            await connection.ExecuteAsync("UPDATE device SET event_at = @now WHERE name = @device", [("@now", now), ("@device", device)], stop, transaction);
    }

    /// <summary>Later news wins, whatever order it comes in.</summary>
    Task<int> WriteAsync(string device, string door, DoorNews news, CancellationToken stop) => connection.ExecuteAsync(
        """
        INSERT INTO door (device, name, kind, kind_at, person, person_at, reason, latency, liveness, state, state_at, camera, camera_at, lockdown)
        VALUES (@device, @door, @kind, @kind_at, @person, @person_at, @reason, @latency, @liveness, @state, @state_at, @camera, @camera_at, @lockdown)
        ON CONFLICT (device, name) DO UPDATE SET
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
            lockdown = CASE WHEN excluded.lockdown >= 0 THEN excluded.lockdown ELSE door.lockdown END
        """,
        [
            ("@device", device), ("@door", door), ("@kind", news.Decision), ("@kind_at", news.DecisionAt), ("@person", news.Person),
            ("@person_at", news.PersonAt), ("@reason", news.Reason), ("@latency", news.Latency), ("@liveness", news.Liveness), ("@state", news.State), ("@state_at", news.StateAt),
            ("@camera", news.Camera), ("@camera_at", news.CameraAt), ("@lockdown", news.Lockdown),
        ], stop, transaction);

    static double? Latency(OutboxEvent what) =>
        what.More is { } more && more.TryGetValue("capture_to_relay_ms", out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < 3_600_000 ? ms : null;

    /// <summary>The newest of each sort that a batch has of one door.</summary>
    sealed class DoorNews
    {
        public string? Decision { get; private set; }

        public long? DecisionAt { get; private set; }

        public string? Reason { get; private set; }

        public double? Latency { get; private set; }

        /// <summary>As "live"; null: nobody looked, as where a card opened.</summary>
        public string? Liveness { get; private set; }

        public string? Person { get; private set; }

        public long? PersonAt { get; private set; }

        public string? State { get; private set; }

        public long? StateAt { get; private set; }

        public string? Camera { get; private set; }

        public long? CameraAt { get; private set; }

        /// <summary>1 begun, 0 ended, -1 nothing of it.</summary>
        public long Lockdown { get; private set; } = -1;

        public void Hear(OutboxEvent what, long at, double? latency)
        {
            if (what.Kind is "granted" || what.Kind.StartsWith("denied.", StringComparison.Ordinal))
            {
                (Decision, DecisionAt, Reason, Latency, Liveness) = (what.Kind, at, what.Reason, latency, what.More?.GetValueOrDefault("liveness_verdict"));
                if (what.Person is not null) (Person, PersonAt) = (what.Person, at);
            }
            else if (what.Kind.StartsWith("door.lockdown", StringComparison.Ordinal))
            {
                Lockdown = what.Kind is "door.lockdown" ? 1 : 0;
            }
            else if (what.Kind.StartsWith("door.", StringComparison.Ordinal) && States.Contains(what.Kind["door.".Length..]))
            {
                (State, StateAt) = (what.Kind["door.".Length..], at);
            }
            else if (what.Kind.StartsWith("camera.", StringComparison.Ordinal))
            {
                (Camera, CameraAt) = (what.Kind["camera.".Length..], at);
            }
        }
    }
}
