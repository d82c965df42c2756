namespace EdgeFace.Capture;

/// <summary>
/// How long to wait before the next try: doubling from the first pause to the longest, and each pause between half of
/// that and the whole by chance, so that many cameras do not all ask a server that has just come back at once.
/// </summary>
sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    int _tries;

    public TimeSpan Next()
    {
        var pause = Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, _tries++));
        return TimeSpan.FromSeconds(pause * (0.5 + (random.NextDouble() / 2)));
    }

    public void Reset() => _tries = 0;
}
