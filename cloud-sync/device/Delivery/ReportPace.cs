namespace EdgeFace.Delivery;

/// <summary>
/// When a device reports on its gallery: at once when something has changed, after a growing pause while it waits for something,
/// and seldom for what was refused, so that a flood of forgeries makes no flood of reports.
/// </summary>
sealed class ReportPace(GalleryIntakeOptions options, TimeProvider time)
{
    static readonly TimeSpan BetweenRefusals = TimeSpan.FromSeconds(10);

    long _since = time.GetTimestamp();
    long _refusedAt;
    bool _owing;
    TimeSpan _pause = TimeSpan.FromSeconds(options.MissingSeconds);

    /// <summary>Something is to be said, or tried again.</summary>
    public bool IsDue { get; private set; }

    public void Now() => IsDue = true;

    /// <summary>Something came that was waited for: the rest is given its time anew.</summary>
    public void Progress() => (_since, _pause) = (time.GetTimestamp(), TimeSpan.FromSeconds(options.MissingSeconds));

    public void Refused() => _owing = true;

    public void Tick(bool isWaiting)
    {
        if (_owing && (_refusedAt == 0 || time.GetElapsedTime(_refusedAt) >= BetweenRefusals))
        {
            (_owing, _refusedAt, IsDue) = (false, time.GetTimestamp(), true);
        }

        if (!isWaiting || time.GetElapsedTime(_since) < _pause) return;

        (_since, IsDue) = (time.GetTimestamp(), true);
        var next = _pause * 2;
        _pause = next < TimeSpan.FromSeconds(options.MissingSecondsMax) ? next : TimeSpan.FromSeconds(options.MissingSecondsMax);
    }

    /// <summary>True once for each time it is due.</summary>
    public bool Take()
    {
        var due = IsDue;
        IsDue = false;
        return due;
    }
}
