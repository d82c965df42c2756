namespace EdgeFace.Journal;

/// <summary>What waits for the disk: an event, or a receipt of the hub's.</summary>
sealed class QueuedEvent(AccessEvent? what, byte[]? picture, IReadOnlyList<OutboxRange>? confirmed)
{
    // The continuation of whoever waits must not run on the journal's thread.
    readonly TaskCompletionSource<EventId?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AccessEvent? What { get; } = what;

    public byte[]? Picture { get; } = picture;

    public IReadOnlyList<OutboxRange> Confirmed { get; } = confirmed ?? [];

    public Task<EventId?> Done => _done.Task;

    /// <summary>After the end: it is on the disk.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>On the disk; an event under this number.</summary>
    public void Written(EventId? id)
    {
        IsWritten = true;
        _done.TrySetResult(id);
    }

    /// <summary>Not on the disk, and never will be.</summary>
    public void Refused() => _done.TrySetResult(null);
}
