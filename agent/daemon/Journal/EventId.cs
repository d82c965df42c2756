namespace EdgeFace.Journal;

/// <summary>
/// Which event: unique for ever. <paramref name="Seq"/> is dense over the device's whole life and goes on from one boot to
/// the next, so that a hole is seen whoever looks; <paramref name="Boot"/> says in which opening of the journal it was
/// written, and orders what two journals of one device wrote, whatever the clock said.
/// </summary>
readonly record struct EventId(string Device, long Boot, long Seq)
{
    public override string ToString() => $"{Device}/{Boot}/{Seq}";
}
