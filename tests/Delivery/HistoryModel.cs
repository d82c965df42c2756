using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>What must be true of any history of a device, a network and a consumer. It knows nothing of how they do it.</summary>
sealed class HistoryModel(HistoryStep step)
{
    readonly Dictionary<EventKey, OutboxEvent> _given = [];
    readonly HashSet<EventKey> _pruned = [];
    readonly HashSet<EventKey> _sentThisRun = [];
    readonly HashSet<EventKey> _alarmsKnown = [];

    public int Given => _given.Count;

    public int Pruned => _pruned.Count;

    /// <summary>The journal acknowledged it.</summary>
    public void Give(OutboxEvent what) => Check(_given.TryAdd(what.Key, what), $"{what.Key} was given out twice");

    public void Prune(OutboxEvent what) => _pruned.Add(what.Key);

    /// <summary>The pump was told of new events: it must know of these alarms from now on.</summary>
    public void Woken(IEnumerable<OutboxEvent> alarms) => _alarmsKnown.UnionWith(alarms.Select(what => what.Key));

    /// <summary>A device that starts anew has sent nothing yet.</summary>
    public void Restarted()
    {
        _sentThisRun.Clear();
        _alarmsKnown.Clear();
    }

    /// <summary>A message leaves: one priority, in order, what the journal gave and nothing else, and no alarm waits behind it.</summary>
    /// <param name="events">In it.</param>
    /// <param name="isFree">There is room for an alarm.</param>
    /// <param name="isWaiting">Still in the outbox.</param>
    public void Send(IReadOnlyList<OutboxEvent> events, bool isFree, Func<OutboxEvent, bool> isWaiting)
    {
        Check(events.Count > 0, "an empty message was sent");
        for (var i = 0; i < events.Count; i++)
        {
            var what = events[i];
            Check(_given.TryGetValue(what.Key, out var given) && Same(what, given), $"{what.Key} was sent and is not what the journal holds");
            Check(i == 0 || events[i - 1].Key.Seq < what.Key.Seq, $"{what.Key} was sent out of order");
        }

        var isOfOutbox = events.All(isWaiting);
        var isNew = events.Any(what => !_sentThisRun.Contains(what.Key));
        if (isOfOutbox && isNew && isFree && events.All(what => what.Priority != OutboxPriority.Alarm))
        {
            var behind = _alarmsKnown.Where(key => !_sentThisRun.Contains(key) && isWaiting(_given[key])).ToArray();
            Check(behind.Length == 0, $"alarm {behind.FirstOrDefault()} waits behind {events[0].Key}");
        }

        _sentThisRun.UnionWith(events.Select(what => what.Key));
    }

    /// <summary>It left the outbox for a confirmation: the consumer must hold it.</summary>
    public void Leave(OutboxEvent what, MemoryVault vault) =>
        Check(vault.Find(what.Key) is not null, $"{what.Key} left the outbox, and the consumer does not hold it");

    /// <summary>All is quiet: the consumer has everything that the journal did not give up, and knows of the rest.</summary>
    public void End(MemoryOutbox outbox, MemoryVault vault)
    {
        Check(outbox.Depth == 0, $"{outbox.Depth} events are still in the outbox");
        foreach (var (key, given) in _given)
        {
            if (vault.Find(key) is { } held) Check(Same(held, given), $"{key} is another one at the consumer");
            else Check(_pruned.Contains(key), $"{key} is lost");
            Check(vault.Find(key) is not null || vault.IsGone(key), $"{key} was pruned, and the consumer does not know");
        }

        Check(vault.Count == _given.Keys.Count(key => vault.Find(key) is not null), "the consumer holds what the journal never gave");
    }

    void Check(bool good, string what) => step.Ensure(good, what);

    static bool Same(OutboxEvent one, OutboxEvent other) =>
        one.Kind == other.Kind && one.At == other.At && one.Priority == other.Priority && one.Value == other.Value && !one.Cut;
}
