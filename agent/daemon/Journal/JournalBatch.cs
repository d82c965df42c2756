namespace EdgeFace.Journal;

/// <summary>What one transaction writes: all of it or nothing.</summary>
/// <param name="Events">In their order, each with the picture that belongs to it, if any.</param>
/// <param name="States">What is to be remembered with them.</param>
/// <param name="Confirmed">Which events the hub has: they leave the outbox.</param>
/// <param name="PruneTo">All up to this one leave the journal; 0: none.</param>
/// <param name="SignHead">Sign the head for good, however few events there were.</param>
sealed record JournalBatch(
    IReadOnlyList<(AccessEvent What, byte[]? Picture)> Events,
    IReadOnlyDictionary<string, byte[]> States,
    IReadOnlyList<OutboxRange> Confirmed,
    long PruneTo = 0,
    bool SignHead = false)
{
    public static readonly IReadOnlyDictionary<string, byte[]> NoStates = new Dictionary<string, byte[]>();

    public static JournalBatch Of(params IEnumerable<AccessEvent> events) =>
        new([.. events.Select(what => (what, (byte[]?)null))], NoStates, []);
}
