using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>What the consumer asked for once more, bounded in number and by the minute; what finds no room is counted.</summary>
sealed class ResendDesk(OutboxAccess outbox, DeliveryOptions options, TimeProvider time)
{
    const int RangesMax = 64;

    /// <summary>What it costs to say that a range is gone, in events: it makes one, and that is written and sent.</summary>
    const int TellCost = 50;

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly LinkedList<MissedRange> _asked = [];
    long _minute = time.GetTimestamp();
    int _left = options.ResendEventsPerMinuteMax;

    /// <summary>Ranges for which there was no room: the consumer asks again.</summary>
    public long Refused { get; private set; }

    /// <summary>Ranges that were answered with <c>journal.resend-gone</c>.</summary>
    public long Gone { get; private set; }

    /// <summary>Something is asked for; it may have to wait for the next minute.</summary>
    public bool IsAsked => _asked.Count > 0;

    public TimeSpan NextIn => _left > 0 ? TimeSpan.Zero : Minute - time.GetElapsedTime(_minute);

    public void Ask(ResendRequest request)
    {
        foreach (var range in request.Ranges)
        {
            if (_asked.Contains(range)) continue;
            if (_asked.Count < RangesMax) _asked.AddLast(range);
            else Refused++;
        }
    }

    /// <summary>The next batch of what is asked for; null when there is nothing to send now.</summary>
    public byte[]? Next(int bytesMax)
    {
        if (time.GetElapsedTime(_minute) >= Minute) (_minute, _left) = (time.GetTimestamp(), options.ResendEventsPerMinuteMax);
        while (_left > 0 && _asked.First is { Value: var range })
        {
            var rows = outbox.Range(range, Math.Min(_left, EventBatch.EventsMax));
            if (rows is null) return null;

            _asked.RemoveFirst();
            if (rows.Count == 0)
            {
                Tell(range);
                continue;
            }

            var batch = EventBatch.Write(rows, bytesMax, out var count);
            _left -= count;
            var next = range.From;
            foreach (var row in rows.Take(count))
            {
                if (row.Key.Seq > next) Tell(range with { From = next, To = row.Key.Seq - 1 });
                next = row.Key.Seq + 1;
            }

            if (next <= range.To) _asked.AddFirst(range with { From = next });
            return batch;
        }

        return null;
    }

    void Tell(MissedRange range)
    {
        _left -= TellCost;
        Gone++;
        outbox.TellGone(range);
    }
}
