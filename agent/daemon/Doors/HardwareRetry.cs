namespace EdgeFace.Doors;

/// <summary>
/// When hardware that failed is asked again: ever more rarely, and no sooner for having come back in between and failed again at once,
/// or wires that can be had for an instant would fill the journal and wear out the relay.
/// </summary>
sealed class HardwareRetry
{
    static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Last = TimeSpan.FromSeconds(5);

    /// <summary>Longer than the longest pause: what was good for so long fails as if for the first time.</summary>
    static readonly TimeSpan GoodAfter = TimeSpan.FromSeconds(10);

    TimeSpan _pause, _due;
    TimeSpan? _goodSince;

    public bool IsDue(TimeSpan now) => now >= _due;

    /// <returns>The pause until it is asked again.</returns>
    public TimeSpan Failed(TimeSpan now)
    {
        if (now - _goodSince >= GoodAfter) _pause = TimeSpan.Zero;
        _goodSince = null;
        _pause = _pause == TimeSpan.Zero ? First : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, Last.Ticks));
        _due = now + _pause;
        return _pause;
    }

    public void CameBack(TimeSpan now) => _goodSince = now;
}
