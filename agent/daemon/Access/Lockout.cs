using EdgeFace.Sites;

namespace EdgeFace.Access;

/// <summary>
/// Counts failures in a row, and shuts out for a while when there are too many: each time for twice as long, until somebody
/// is let in. It goes by the monotonic clock, so no change of the time of day shortens it.
/// </summary>
sealed class Lockout(TimeProvider time)
{
    long _since;
    TimeSpan _lasts;

    public int Failures { get; private set; }

    /// <summary>How often it has locked since somebody was let in.</summary>
    public int Level { get; private set; }

    public TimeSpan Remaining
    {
        get
        {
            var left = _lasts == default ? default : _lasts - time.GetElapsedTime(_since);
            return left > default(TimeSpan) ? left : default;
        }
    }

    public bool IsLocked => Remaining > default(TimeSpan);

    /// <returns>True when this one locked.</returns>
    public bool Fail(LockoutOptions options)
    {
        if (IsLocked || ++Failures < options.Attempts) return false;

        Lock(options, Level + 1);
        return true;
    }

    /// <summary>Somebody was let in. What is locked stays locked to its end.</summary>
    public bool Reset()
    {
        if (IsLocked || (Failures == 0 && Level == 0)) return false;

        End();
        return true;
    }

    /// <summary>
    /// Nobody knows how many failures there were: locked as for the first time, and the next time for the longest.
    /// </summary>
    public void Distrust(LockoutOptions options)
    {
        Lock(options, 1);
        Level = DoublingsMax;
    }

    /// <summary>As it was when it was kept. The time without power does not count: no clock can be asked about it.</summary>
    public void Restore(LockoutOptions options, int failures, int level, TimeSpan remaining)
    {
        Failures = Math.Clamp(failures, 0, options.Attempts - 1);
        Level = Math.Clamp(level, 0, DoublingsMax);
        _since = time.GetTimestamp();
        _lasts = TimeSpan.FromSeconds(Math.Clamp(remaining.TotalSeconds, 0, options.SecondsMax));
    }

    /// <summary>An operator has looked who it was: what was counted is forgotten.</summary>
    /// <returns>How much of a lockout was left.</returns>
    public TimeSpan End()
    {
        var left = Remaining;
        (Failures, Level, _lasts) = (0, 0, default);
        return left;
    }

    const int DoublingsMax = 30;

    void Lock(LockoutOptions options, int level)
    {
        Level = Math.Min(level, DoublingsMax);
        Failures = 0;
        _since = time.GetTimestamp();
        _lasts = TimeSpan.FromSeconds(Math.Min(options.SecondsMax, options.Seconds * Math.Pow(2, Level - 1)));
    }
}
