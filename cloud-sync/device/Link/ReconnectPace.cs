namespace EdgeFace.Link;

/// <summary>
/// How long to wait before the next attempt: doubling from the shortest pause to the longest, each by chance between half of
/// that and the whole, so that a thousand doors do not all ask a broker that has just come back at once.
/// </summary>
sealed class ReconnectPace(TimeSpan shortest, TimeSpan longest, Random random)
{
    int _tries;

    /// <summary>
    /// A connection that lasted longer than the longest pause was a good one: counting begins anew. One that another
    /// client took over is no reason to hurry, however long it lasted: two that fight for one name would never end.
    /// </summary>
    /// <param name="lasted">How long the last connection stood; zero for an attempt that failed.</param>
    /// <param name="takenOver">Another client with this device's name ended it.</param>
    public TimeSpan Next(TimeSpan lasted, bool takenOver)
    {
        if (lasted >= longest) _tries = 0;
        var whole = takenOver ? longest.TotalSeconds : Math.Min(longest.TotalSeconds, shortest.TotalSeconds * Math.Pow(2, _tries));
        _tries = Math.Min(_tries + 1, 62);
        return TimeSpan.FromSeconds(whole * (0.5 + (random.NextDouble() / 2)));
    }
}
