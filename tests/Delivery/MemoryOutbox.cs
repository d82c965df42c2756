using EdgeFace.Delivery;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>A journal in memory, with the same outbox as the real one: it confirms and prunes when it is told.</summary>
sealed class MemoryOutbox
{
    readonly SortedList<long, OutboxEvent> _events = [];
    readonly SortedSet<long>[] _waiting = [[], [], []];
    readonly List<(IReadOnlyList<ConfirmedRun> Runs, TaskCompletionSource<bool> Done)> _confirms = [];
    long _seq;

    public const string Device = "door-1";

    public long Boot { get; private set; } = 1;

    public int Depth => _waiting.Sum(lane => lane.Count);

    public bool IsUnreadable { get; set; }

    public int ConfirmsWaiting => _confirms.Count;

    /// <summary>Hears which events leave the outbox for a confirmation.</summary>
    public Action<OutboxEvent>? Left { get; set; }

    public Action<OutboxEvent>? Added { get; set; }

    public OutboxAccess Access() => new(Pending, Range, ConfirmAsync, TellGone);

    public OutboxEvent Add(string kind, OutboxPriority priority, IReadOnlyDictionary<string, string>? more = null)
    {
        var what = new OutboxEvent(
            Device, new EventKey(Boot, ++_seq), DateTimeOffset.UnixEpoch.AddSeconds(_seq), kind, priority, Value: _seq, More: more);
        _events.Add(_seq, what);
        _waiting[(int)priority].Add(_seq);
        Added?.Invoke(what);
        return what;
    }

    public bool IsWaiting(OutboxEvent what) => _waiting[(int)what.Priority].Contains(what.Key.Seq);

    public IReadOnlyList<OutboxEvent> Waiting(OutboxPriority priority) => [.. _waiting[(int)priority].Select(seq => _events[seq])];

    /// <summary>The oldest leave, sent or not, and an event says so.</summary>
    /// <returns>Those that are gone.</returns>
    public IReadOnlyList<OutboxEvent> Prune(int count)
    {
        OutboxEvent[] gone = [.. _events.Values.Take(Math.Min(count, _events.Count))];
        if (gone.Length == 0) return gone;

        foreach (var what in gone)
        {
            _events.Remove(what.Key.Seq);
            _waiting[(int)what.Priority].Remove(what.Key.Seq);
        }

        Add("journal.pruned", OutboxPriority.Alarm, new Dictionary<string, string> { ["up_to_seq"] = $"{gone[^1].Key.Seq}" });
        return gone;
    }

    /// <summary>What was confirmed becomes durable, or is refused.</summary>
    public void Commit(bool accept)
    {
        foreach (var (runs, done) in _confirms.ToArray())
        {
            if (accept) foreach (var run in runs) Confirm(run);
            _confirms.Remove((runs, done));
            done.SetResult(accept);
        }
    }

    /// <summary>The power fails: what was confirming may have become durable just before, and nobody hears of it.</summary>
    public void Restart(bool commit)
    {
        foreach (var (runs, _) in _confirms)
            if (commit) foreach (var run in runs) Confirm(run);
        _confirms.Clear();
        Boot++;
    }

    public void Confirm(ConfirmedRun run)
    {
        foreach (var seq in _waiting[(int)run.Priority].GetViewBetween(run.From, run.To).ToArray())
        {
            if (_events[seq].Key.Boot != run.Boot) continue;
            _waiting[(int)run.Priority].Remove(seq);
            Left?.Invoke(_events[seq]);
        }
    }

    IReadOnlyList<OutboxEvent>? Pending(OutboxPriority priority, long after, int count) => IsUnreadable ? null
        : [.. _waiting[(int)priority].GetViewBetween(after + 1, long.MaxValue).Take(count).Select(seq => _events[seq])];

    IReadOnlyList<OutboxEvent>? Range(MissedRange range, int count) => IsUnreadable ? null
        : [.. _events.Values.Where(what => what.Key.Seq >= range.From && what.Key.Seq <= range.To
            && (range.Boot is null || range.Boot == what.Key.Boot)).Take(count)];

    Task<bool> ConfirmAsync(IReadOnlyList<ConfirmedRun> runs)
    {
        var done = new TaskCompletionSource<bool>();
        _confirms.Add((runs, done));
        return done.Task;
    }

    void TellGone(MissedRange range)
    {
        var more = new Dictionary<string, string> { ["from_seq"] = $"{range.From}", ["to_seq"] = $"{range.To}" };
        if (range.Boot is { } boot) more["boot"] = $"{boot}";
        Add("journal.resend-gone", OutboxPriority.Telemetry, more);
    }
}
