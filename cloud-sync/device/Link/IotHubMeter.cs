namespace EdgeFace.Link;

/// <summary>
/// What a hub counts against the day's quota: each message in units of 4 KB, begun ones too (of 0.5 KB on the free tier,
/// which this does not count). Safe from several threads.
/// </summary>
sealed class IotHubMeter
{
    public const int UnitBytes = 4096;

    long _messages, _units, _ignored;

    public long Messages => Interlocked.Read(ref _messages);

    public long Units => Interlocked.Read(ref _units);

    /// <summary>What came and was no message of ours, or not readable.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    /// <param name="bytes">Of a payload; its properties are counted by the hub too, and ours have less than 100.</param>
    public static int UnitsOf(int bytes) => Math.Max(1, (bytes + UnitBytes - 1) / UnitBytes);

    public void Count(int bytes)
    {
        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _units, UnitsOf(bytes));
    }

    public void Ignore() => Interlocked.Increment(ref _ignored);
}
