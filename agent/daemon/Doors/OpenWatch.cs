namespace EdgeFace.Doors;

/// <summary>Watches a door that stands open: for too long, or without a reason.</summary>
sealed class OpenWatch(DoorOptions options, Queue<DoorChange> changes)
{
    readonly TimeSpan _forcedDelay = TimeSpan.FromSeconds(options.ForcedDelaySeconds);

    TimeSpan _since;
    TimeSpan? _countsFrom;
    bool _unexplained;
    bool _warned;

    public bool IsOpen { get; private set; }

    public bool Forced { get; private set; }

    public bool HeldOpen { get; private set; }

    /// <param name="since">When the contact moved.</param>
    /// <param name="explained">Whether there was a reason to open it.</param>
    public void Open(TimeSpan since, bool explained)
    {
        (IsOpen, _since, _unexplained, _warned) = (true, since, !explained, false);
        _countsFrom = explained ? since : null;
    }

    public void Close(TimeSpan now)
    {
        EndHeldOpen(now, DoorReason.Closed);
        EndForced(now, DoorReason.Closed);
        changes.Enqueue(new(DoorEventKind.Closed, DoorReason.None, (now - _since).TotalSeconds));
        IsOpen = _unexplained = false;
    }

    /// <summary>Somebody else passes while it is open: its time begins anew.</summary>
    public void Restart(TimeSpan now, DoorReason by)
    {
        if (_countsFrom is null) return;

        EndHeldOpen(now, by);
        (_countsFrom, _warned) = (now, false);
    }

    /// <summary>An operator has seen the alarm: a door that is still open counts as opened now.</summary>
    public void Reset(TimeSpan now) => EndForced(now, DoorReason.Operator);

    /// <param name="now">Time since the door began.</param>
    /// <param name="reason">Why it may be passed now; None when it may not.</param>
    /// <param name="mayStand">Whether it may stand open as long as it likes.</param>
    /// <param name="moreSeconds">How much longer it may stand open for somebody who needs it.</param>
    public void Tick(TimeSpan now, DoorReason reason, bool mayStand, double moreSeconds)
    {
        if (!IsOpen) return;

        if (_unexplained && reason is not DoorReason.None) _unexplained = false;
        if (_unexplained && now - _since >= _forcedDelay)
        {
            (_unexplained, Forced) = (false, true);
            changes.Enqueue(new(DoorEventKind.Forced, DoorReason.None, (now - _since).TotalSeconds, options.ForcedDelaySeconds));
        }

        if (_unexplained || Forced) return;

        if (mayStand)
        {
            EndHeldOpen(now, reason);
            (_countsFrom, _warned) = (null, false);
            return;
        }

        _countsFrom ??= now;
        Count((now - _countsFrom.Value).TotalSeconds, options.HeldOpenSeconds + moreSeconds);
    }

    void Count(double open, double limit)
    {
        if (!_warned && options.PreAlarmSeconds > 0 && open >= limit - options.PreAlarmSeconds)
        {
            _warned = true;
            changes.Enqueue(new(DoorEventKind.HeldWarning, DoorReason.None, open, limit));
        }

        if (HeldOpen || open < limit) return;

        HeldOpen = true;
        changes.Enqueue(new(DoorEventKind.HeldOpen, DoorReason.None, open, limit));
    }

    void EndHeldOpen(TimeSpan now, DoorReason reason)
    {
        if (!HeldOpen) return;

        HeldOpen = false;
        changes.Enqueue(new(DoorEventKind.HeldOpenEnded, reason, (now - _since).TotalSeconds, options.HeldOpenSeconds));
    }

    void EndForced(TimeSpan now, DoorReason reason)
    {
        if (!Forced) return;

        (Forced, _countsFrom, _warned) = (false, now, false);
        changes.Enqueue(new(DoorEventKind.ForcedEnded, reason, (now - _since).TotalSeconds));
    }
}
