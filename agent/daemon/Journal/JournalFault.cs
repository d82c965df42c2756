namespace EdgeFace.Journal;

/// <summary>What is wrong with the journal just now.</summary>
public enum JournalFaultKind
{
    /// <summary>The disk refuses for another reason than room: failing, read-only, or a fault of edgeface.</summary>
    Unwritable,

    /// <summary>The disk is full. Events are kept in memory up to a bound, and counted as lost beyond it.</summary>
    DiskFull,

    /// <summary>The disk is full, and the journal goes on in the room that it had kept back.</summary>
    OnReserve,

    /// <summary>The disk is well, but something to be remembered is larger than is kept: the last of it that fitted stands.</summary>
    StateTooLarge,
}

/// <summary>Readable as long as it lasts; the door works all the same.</summary>
sealed record JournalFault(JournalFaultKind Kind, string Message, DateTimeOffset Since);
