using System.Collections.Concurrent;

namespace EdgeFace.Journal;

/// <summary>
/// What waits for the disk. Bounded, and never blocks whoever puts in: when it is full, the newcomer is refused and
/// counted. The last quarter of the room is kept from telemetry and the last twentieth from access events, so that a flood
/// of the one does not cost an alarm.
/// </summary>
sealed class JournalQueue(int room) : IDisposable
{
    readonly BlockingCollection<QueuedEvent> _waiting = new(room);
    readonly Lock _states = new();
    Dictionary<string, byte[]> _changed = [];
    long _lost;
    long _untold;
    int _refuseFrom = int.MaxValue;

    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Lost, and not yet said in the journal.</summary>
    public long Untold => Interlocked.Read(ref _untold);

    public bool IsClosed => _waiting.IsAddingCompleted;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Events of this priority and below are refused: the journal is full of what may not leave it. Null: none.</summary>
    public EventPriority? RefuseFrom
    {
        set => Volatile.Write(ref _refuseFrom, (int?)value ?? int.MaxValue);
    }

    public Task<EventId?> Put(QueuedEvent item)
    {
        if (!TryAdd(item))
        {
            if (item.What is not null) CountLost(1);
            item.Refused();
        }

        return item.Done;
    }

    public void CountLost(long count)
    {
        Interlocked.Add(ref _lost, count);
        Interlocked.Add(ref _untold, count);
    }

    public void Told(long count) => Interlocked.Add(ref _untold, -count);

    public bool TryTake(out QueuedEvent? item, TimeSpan wait) => _waiting.TryTake(out item, wait);

    /// <summary>To be written with the next transaction; the last of several under one key.</summary>
    public void Remember(string key, byte[] state)
    {
        lock (_states) _changed[key] = state;
    }

    /// <summary>What is remembered and not yet on its way.</summary>
    public byte[]? Remembered(string key)
    {
        lock (_states) return _changed.GetValueOrDefault(key);
    }

    /// <summary>Taken after the events were: a state that was remembered before an event goes no later than it.</summary>
    public Dictionary<string, byte[]> TakeStates()
    {
        lock (_states)
        {
            var taken = _changed;
            _changed = [];
            return taken;
        }
    }

    /// <summary>Back again after a transaction that failed, unless there is a newer one.</summary>
    public void PutBack(Dictionary<string, byte[]> states)
    {
        lock (_states)
            foreach (var (key, state) in states) _changed.TryAdd(key, state);
    }

    public void Close() => _waiting.CompleteAdding();

    bool Admits(EventPriority? priority) => priority is not { } rank
        || ((int)rank < Volatile.Read(ref _refuseFrom) && _waiting.Count < RoomFor(rank));

    int RoomFor(EventPriority priority) => priority switch
    {
        EventPriority.Alarm => room,
        EventPriority.Access => room - Math.Max(1, room / 20),
        _ => room - Math.Max(1, room / 4),
    };

    bool TryAdd(QueuedEvent item)
    {
        try
        {
            return Admits(item.What?.Priority) && _waiting.TryAdd(item);
        }
        catch (InvalidOperationException) // closed, or gone altogether
        {
            return false;
        }
    }

    public void Dispose() => _waiting.Dispose();
}
