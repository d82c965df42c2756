namespace EdgeFace.Journal;

/// <summary>What gives way when the journal has reached its size. Either way it is counted, and no door waits.</summary>
public enum JournalFull
{
    /// <summary>The oldest events leave, sent or not; those not sent are counted and named in <c>journal.pruned</c>.</summary>
    DropOldest,

    /// <summary>
    /// Only what the hub has confirmed may leave. When nothing of that kind is left at the old end, new events are
    /// refused and counted: telemetry at once, access events 5 % above the size, alarms 10 % above it.
    /// </summary>
    KeepUnsent,
}
