namespace EdgeFace.Journal;

/// <summary>How much of a journal is proved.</summary>
public enum JournalProof
{
    /// <summary>Nothing can be said of it: no file, no key, no database.</summary>
    Unreadable,

    /// <summary>Something was changed, taken away, added or moved.</summary>
    Broken,

    /// <summary>All of it is as the device wrote it.</summary>
    Intact,
}

/// <summary>The number of an event, as a verdict names it.</summary>
sealed record EventPlace(long Boot, long Seq)
{
    public override string ToString() => $"{Boot}/{Seq}";
}

/// <summary>What the verifier found.</summary>
/// <param name="Proof">The answer.</param>
/// <param name="Device">Whose journal; empty when it does not say.</param>
/// <param name="Events">How many were walked.</param>
/// <param name="Heads">How many signed heads among them.</param>
/// <param name="First">The first event; what was pruned before it is covered by a signature. Null: there is none.</param>
/// <param name="Last">The last event.</param>
/// <param name="ProvenUpTo">The last event under a good signature before anything bad: what comes after it is suspect.</param>
/// <param name="FirstBad">The first event that is not as it must be, or is missing. Its boot is that of the event before where it is gone.</param>
/// <param name="Fault">What it is: changed, missing, added, head, base, mark, state, outbox, head-file, tables, page.</param>
/// <param name="Words">The same for people.</param>
/// <param name="Notes">What this proof cannot say.</param>
sealed record JournalVerdict(
    JournalProof Proof,
    string Device,
    long Events,
    long Heads,
    EventPlace? First,
    EventPlace? Last,
    EventPlace? ProvenUpTo,
    EventPlace? FirstBad,
    string? Fault,
    string Words,
    IReadOnlyList<string> Notes);
