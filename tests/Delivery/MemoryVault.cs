using EdgeFace.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>What a consumer has committed, in memory, with the same rules for holes as the real one.</summary>
sealed class MemoryVault
{
    readonly SortedDictionary<(long Boot, long Seq), OutboxEvent> _events = [];
    readonly List<GoneRange> _gone = [];

    public int Count => _events.Count;

    public OutboxEvent? Find(EventKey key) => _events.GetValueOrDefault((key.Boot, key.Seq));

    public bool IsGone(EventKey key) => _gone.Any(range => key.Seq >= range.From && key.Seq <= range.To);

    public int Keep(IReadOnlyList<OutboxEvent> events)
    {
        var added = 0;
        foreach (var what in events)
        {
            if (!_events.TryAdd((what.Key.Boot, what.Key.Seq), what)) continue;
            added++;
            if (GoneRange.Of(what) is { } gone) _gone.Add(gone);
        }

        return added;
    }

    public IReadOnlyList<MissedRange> Holes(string _)
    {
        List<MissedRange> holes = [];
        (long Boot, long Seq) last = (0, 0);
        foreach (var key in _events.Keys)
        {
            if (key.Seq > last.Seq + 1)
                holes.AddRange(GoneRange.Without(new MissedRange(key.Boot == last.Boot ? key.Boot : null, last.Seq + 1, key.Seq - 1), _gone));
            last = key;
        }

        return [.. holes.Take(ResendRequest.RangesMax)];
    }
}
