namespace EdgeFace.Doors;

/// <summary>
/// How a door's events get out: in the order in which they were added, with no lock held while somebody hears them, by one
/// thread at a time. Who comes while another delivers leaves its events to it.
/// </summary>
sealed class DoorOutlet(string door, TimeProvider time, Action<DoorEvent> hear)
{
    readonly Lock _gate = new();
    readonly Queue<DoorEvent> _events = new(16);
    bool _delivering;

    public void Add(DoorChange change)
    {
        lock (_gate)
        {
            _events.Enqueue(new(
                door, change.Kind, time.GetUtcNow(), change.Reason, change.Value, change.Limit, change.Subject, change.Detail));
        }
    }

    public void Deliver()
    {
        while (TryTake(out var next))
        {
            try
            {
                hear(next);
            }
            finally
            {
                lock (_gate) _delivering = false;
            }
        }
    }

    bool TryTake(out DoorEvent next)
    {
        lock (_gate)
        {
            next = default;
            if (_delivering || !_events.TryDequeue(out next)) return false;

            _delivering = true;
            return true;
        }
    }
}
