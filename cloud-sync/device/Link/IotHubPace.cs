namespace EdgeFace.Link;

/// <summary>
/// How long to wait before the next attempt: doubling from the shortest pause to the longest, each by chance between half of
/// that and the whole. Without it two clients of one identity would throw each other out every second for ever.
/// </summary>
sealed class IotHubPace(TimeSpan shortest, TimeSpan longest, Random random)
{
    int _tries;

    /// <param name="lasted">How long the last connection stood; zero for one that was not made. A long one begins anew.</param>
    /// <param name="isLongest">Whether there is a reason not to hurry.</param>
    public TimeSpan Next(TimeSpan lasted, bool isLongest)
    {
        if (lasted >= longest) _tries = 0;
        var whole = isLongest ? longest.TotalSeconds : Math.Min(longest.TotalSeconds, shortest.TotalSeconds * Math.Pow(2, _tries));
        _tries = Math.Min(_tries + 1, 62);
        return TimeSpan.FromSeconds(whole * (0.5 + (random.NextDouble() / 2)));
    }
}
