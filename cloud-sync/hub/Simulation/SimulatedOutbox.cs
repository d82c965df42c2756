using EdgeFace.Delivery;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>
/// A device's journal and outbox in memory: it keeps of each event when it was made, and makes the same one again when it is
/// asked for. Safe to use from several threads.
/// </summary>
/// <param name="device">Whose.</param>
/// <param name="boot">Of this run.</param>
/// <param name="first">Number of its first event.</param>
/// <param name="receipts">How long each event waited for its receipt.</param>
/// <param name="time">Stamps events.</param>
sealed class SimulatedOutbox(string device, long boot, long first, Spread receipts, TimeProvider time)
{
    readonly Lock _turn = new();
    readonly List<(DateTimeOffset At, long MadeAt, bool IsShut)> _made = [];
    readonly SortedSet<long> _pending = [];

    /// <summary>The site that is in force lets nobody in.</summary>
    public bool IsShut { get; set; }

    public long Made
    {
        get
        {
            lock (_turn) return _made.Count;
        }
    }

    public long Pending
    {
        get
        {
            lock (_turn) return _pending.Count;
        }
    }

    public OutboxAccess Access => new(Read, Range, ConfirmAsync, _ => { });

    public void Add()
    {
        lock (_turn)
        {
            _pending.Add(first + _made.Count);
            _made.Add((time.GetUtcNow(), time.GetTimestamp(), IsShut));
        }
    }

    List<OutboxEvent> Read(OutboxPriority priority, long after, int most)
    {
        lock (_turn)
        {
            return [.. _pending.GetViewBetween(after + 1, long.MaxValue).Where(seq => PriorityOf(seq) == priority).Take(most).Select(Event)];
        }
    }

    List<OutboxEvent> Range(MissedRange missed, int most)
    {
        lock (_turn)
        {
            if (missed.Boot is { } other && other != boot) return [];

            var (begin, end) = (Math.Max(missed.From, first), Math.Min(missed.To, first + _made.Count - 1));
            return [.. Enumerable.Range(0, (int)Math.Clamp(end - begin + 1, 0, most)).Select(i => Event(begin + i))];
        }
    }

    Task<bool> ConfirmAsync(IReadOnlyList<ConfirmedRun> runs)
    {
        var now = time.GetTimestamp();
        lock (_turn)
        {
            foreach (var run in runs)
            {
                if (run.Boot != boot) continue;

                foreach (var seq in _pending.GetViewBetween(run.From, run.To).Where(seq => PriorityOf(seq) == run.Priority).ToArray())
                {
                    _pending.Remove(seq);
                    receipts.Add(time.GetElapsedTime(_made[(int)(seq - first)].MadeAt, now));
                }
            }
        }

        return Task.FromResult(true);
    }

    /// <summary>Of a hundred events as doors have them one is an alarm, most are openings, some refusals.</summary>
    static OutboxPriority PriorityOf(long seq) => TurnOf(seq) == 99 ? OutboxPriority.Alarm : OutboxPriority.Access;

    /// <summary>Refusals come between openings and not one behind the other: 37 and 100 have no common divisor.</summary>
    static long TurnOf(long seq) => seq * 37 % 100;

    OutboxEvent Event(long seq) => Event(device, new EventKey(boot, seq), _made[(int)(seq - first)].At, _made[(int)(seq - first)].IsShut);

    public static OutboxEvent Event(string device, EventKey key, DateTimeOffset at, bool isShut = false)
    {
        var turn = TurnOf(key.Seq);
        var door = key.Seq % 3 == 0 ? "back" : "front";
        var person = $"{(uint)(key.Seq * 2_654_435_761L) % 5_000:x32}";
        return turn switch
        {
            99 => new OutboxEvent(device, key, at, "door.forced", OutboxPriority.Alarm, door, Remedy: "Look who is there."),
            >= 90 => new OutboxEvent(
                device, key, at, "denied.no-match", OutboxPriority.Access, door, "front", null, "no-match", 0.31, 0.42, "Ask the person to enroll.",
                new Dictionary<string, string> { ["mode"] = "face" }),
            >= 85 => new OutboxEvent(
                device, key, at, "denied.spoof", OutboxPriority.Access, door, "front", null, "not-live", 0.2, 0.5, null, new Dictionary<string, string> { ["mode"] = "face" }),
            _ when isShut => new OutboxEvent(
                device, key, at, "denied.wrong-door", OutboxPriority.Access, door, "front", person, "wrong-door", 0, 1, null,
                new Dictionary<string, string> { ["mode"] = "face" }),
            _ => new OutboxEvent(
                device, key, at, "granted", OutboxPriority.Access, door, "front", person, "match", 0.87, 0.42, null,
                new Dictionary<string, string> { ["mode"] = "face", ["capture_to_relay_ms"] = $"{180 + (turn * 7)}" }),
        };
    }
}
