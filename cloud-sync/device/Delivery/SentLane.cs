using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// The events of one priority that are under way, in their order. Whatever the outbox holds of this priority up to
/// <see cref="Cursor"/> is among them, so two neighbours have no other event of the outbox between them.
/// </summary>
sealed class SentLane(OutboxPriority priority)
{
    readonly List<SentEvent> _events = [];

    public OutboxPriority Priority { get; } = priority;

    public int Count => _events.Count;

    /// <summary>The number up to which the outbox was read.</summary>
    public long Cursor { get; set; }

    /// <summary>The outbox had no more when it was read last.</summary>
    public bool IsDry { get; set; }

    /// <summary>How many events fill a batch, as far as is known.</summary>
    public int Fill { get; private set; } = 32;

    /// <summary>New events are gathered until then; a timestamp.</summary>
    public long NewFrom { get; set; }

    /// <summary>When the last event went that a receipt covers and that went once; 0: there is none.</summary>
    public long ReceiptedSentAt { get; private set; }

    /// <summary>No event is due before; a timestamp.</summary>
    public long NextDue { get; private set; } = long.MaxValue;

    public Task<bool>? Confirming { get; set; }

    /// <summary>No confirmation is tried before; a timestamp.</summary>
    public long ConfirmFrom { get; set; }

    public void Learn(int read, int written) =>
        Fill = Math.Clamp(written < read ? written + written / 8 + 2 : Fill * 2, 8, EventBatch.EventsMax);

    public SentEvent Add(EventKey key)
    {
        var one = new SentEvent(key);
        _events.Add(one);
        return one;
    }

    public SentEvent? Find(EventKey key) => IndexOf(key) is var index and >= 0 ? _events[index] : null;

    /// <summary>Marks what a receipt covers of what was sent.</summary>
    /// <returns>How many it were.</returns>
    public int Receipted(SeqRange range)
    {
        var index = IndexOf(new EventKey(range.Boot, range.From));
        var marked = 0;
        ReceiptedSentAt = 0;
        for (var i = index < 0 ? ~index : index; i < _events.Count && range.Holds(_events[i].Key); i++)
        {
            // One on the way again was sent before, or the receipt could not be: its message may still end as it likes.
            if (_events[i].State is SentState.Receipted or SentState.Confirming) continue;
            _events[i].State = SentState.Receipted;
            if (!_events[i].IsAgain) ReceiptedSentAt = _events[i].SentAt;
            marked++;
        }

        return marked;
    }

    /// <summary>It goes again at a time, unless a receipt comes before.</summary>
    public void Wait(SentEvent one, long due)
    {
        (one.State, one.Due) = (SentState.Sent, due);
        NextDue = Math.Min(NextDue, due);
    }

    /// <summary>All without a receipt go again at once; those on the way when their message has ended.</summary>
    /// <param name="now">A timestamp.</param>
    /// <param name="attemptsMin">Only those that were sent so often at least.</param>
    public void Hurry(long now, int attemptsMin = 0)
    {
        foreach (var one in _events)
        {
            if (one.Attempts < attemptsMin) continue;
            one.Attempts = 0;
            if (one.State is SentState.Sent) Wait(one, Math.Min(one.Due, now));
        }
    }

    /// <summary>What is due, in its order; the next time is set anew.</summary>
    public IReadOnlyList<SentEvent> DueAt(long now)
    {
        if (now < NextDue) return [];

        List<SentEvent> due = [];
        NextDue = long.MaxValue;
        foreach (var one in _events)
        {
            if (one.State is not SentState.Sent) continue;
            if (one.Due <= now) due.Add(one);
            NextDue = Math.Min(NextDue, one.Due);
        }

        return due;
    }

    /// <summary>What has a receipt and is in the outbox, as the fewest runs; it is confirming from now on.</summary>
    public IReadOnlyList<ConfirmedRun> TakeReceipted()
    {
        List<ConfirmedRun> runs = [];
        SentEvent? last = null;
        foreach (var one in _events)
        {
            if (one.State is SentState.Receipted)
            {
                one.State = SentState.Confirming;
                if (last is not null && last.Key.Boot == one.Key.Boot) runs[^1] = runs[^1] with { To = one.Key.Seq };
                else runs.Add(new ConfirmedRun(Priority, one.Key.Boot, one.Key.Seq, one.Key.Seq));
                last = one;
            }
            else
            {
                last = null;
            }
        }

        return runs;
    }

    /// <summary>What was confirming has left the outbox, or was refused and waits again.</summary>
    /// <returns>How many have left.</returns>
    public int Confirmed(bool left)
    {
        if (left) return _events.RemoveAll(one => one.State is SentState.Confirming);
        foreach (var one in _events)
            if (one.State is SentState.Confirming) one.State = SentState.Receipted;
        return 0;
    }

    /// <summary>They are in the outbox no more.</summary>
    public void Forget(HashSet<SentEvent> gone) => _events.RemoveAll(gone.Contains);

    /// <summary>Its place, or the complement of where it would be.</summary>
    int IndexOf(EventKey key)
    {
        var (from, to) = (0, _events.Count - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            var here = _events[middle].Key;
            var order = here.Boot != key.Boot ? here.Boot.CompareTo(key.Boot) : here.Seq.CompareTo(key.Seq);
            if (order == 0) return middle;
            if (order < 0) from = middle + 1;
            else to = middle - 1;
        }

        return ~from;
    }
}
