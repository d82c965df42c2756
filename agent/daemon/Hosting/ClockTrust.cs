using EdgeFace.Capture;

namespace EdgeFace.Hosting;

/// <summary>What is wrong with the wall clock. Zero is the answer before anybody has looked.</summary>
public enum ClockFault
{
    NotLooked,
    None,
    BeforeFloor,
    FarAhead,
    Jumped,
}

/// <summary>
/// Whether the wall clock may decide about schedules and validity. It is held against the last time that was believed (the
/// floor, which outlives restarts), and against the monotonic clock, which no setting of the time moves. Where the kernel
/// says that a time server disciplines the clock, a jump is believed, but never one to before the floor. Once lost, trust
/// comes back when the clock returns to where it must be, when it is disciplined, or when an operator vouches for it.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="time">Both clocks.</param>
/// <param name="isDisciplined">Whether the kernel's clock follows a time server.</param>
/// <param name="floor">The last time that was believed, or when this program was made.</param>
sealed class ClockTrust(ClockOptions options, TimeProvider time, Func<bool> isDisciplined, DateTimeOffset floor)
{
    readonly ClockOptions _options = OptionsCheck.Ensure(options);

    // Where the wall clock was believed last: it must go on from there as the monotonic clock does.
    (DateTimeOffset Wall, long Stamp)? _anchor;

    public ClockFault Fault { get; private set; }

    public bool IsTrusted => Fault is ClockFault.None;

    /// <summary>By how much the clock was off when it was last looked at: against the floor or against the monotonic clock.</summary>
    public TimeSpan Off { get; private set; }

    /// <summary>The latest time that was believed: kept, it is the floor of the next start.</summary>
    public DateTimeOffset Floor { get; private set; } = floor;

    /// <summary>Looks at the clocks; to be called every second or so. True when trust was lost or came back.</summary>
    public bool Look()
    {
        var before = Fault;
        var (wall, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        Fault = FaultAt(wall, stamp);
        if (IsTrusted) Believe(wall, stamp);
        return before != Fault;
    }

    /// <summary>An operator vouches for the present time, also for one before the floor.</summary>
    public void Vouch()
    {
        (Fault, Floor) = (ClockFault.None, DateTimeOffset.MinValue);
        Believe(time.GetUtcNow(), time.GetTimestamp());
    }

    void Believe(DateTimeOffset wall, long stamp)
    {
        (_anchor, Off) = ((wall, stamp), TimeSpan.Zero);
        if (wall > Floor) Floor = wall;
    }

    ClockFault FaultAt(DateTimeOffset wall, long stamp)
    {
        var slack = TimeSpan.FromSeconds(_options.JumpSecondsMax);
        Off = wall - Floor;
        if (Off < -slack) return ClockFault.BeforeFloor;
        if (isDisciplined()) return ClockFault.None;

        if (_anchor is { } anchor)
        {
            Off = wall - (anchor.Wall + time.GetElapsedTime(anchor.Stamp, stamp));
            return Off.Duration() > slack ? ClockFault.Jumped : ClockFault.None;
        }

        return Off > TimeSpan.FromDays(_options.AheadDaysMax) ? ClockFault.FarAhead : ClockFault.None;
    }
}
