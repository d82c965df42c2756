using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Doors;

/// <summary>What a door does when the power of its lock, its board or its daemon is gone. The relay at rest is that state.</summary>
public enum FailMode
{
    /// <summary>Locked without power: an electric strike, unlocked while the relay is energised.</summary>
    Secure,

    /// <summary>Released without power: a magnetic lock, held while the relay is energised.</summary>
    Safe,
}

/// <summary>When a door that was unlocked for one passage locks again. The open time ends it in any case.</summary>
public enum RelockMode
{
    OnClose,
    OnOpen,
    ByTime,
}

/// <summary>What the request-to-exit input does.</summary>
public enum RexAction
{
    /// <summary>Unlocks like a grant.</summary>
    Unlock,

    /// <summary>The handle inside opens the door mechanically: the relay stays, and the opening is no alarm.</summary>
    Shunt,
}

/// <summary>What tampering does beyond being reported.</summary>
public enum TamperAction
{
    /// <summary>Ends a running grant, and refuses others while it lasts and for some time after.</summary>
    Block,

    Report,
}

/// <summary>How a door behaves.</summary>
/// <param name="OpenSeconds">How long it stays unlocked after a grant or a request to exit.</param>
/// <param name="ExtendedSeconds">The same for somebody who needs longer.</param>
/// <param name="HeldOpenSeconds">How long it may stand open after somebody passed.</param>
/// <param name="PreAlarmSeconds">How long before that a warning is given; 0 gives none.</param>
/// <param name="ForcedDelaySeconds">How long an opening without a reason may still find one: an exit sensor that is slow to tell.</param>
/// <param name="OpenGraceMs">An opening this long after the lock fell is still of the passage: a strike takes time, a slammed door rebounds.</param>
/// <param name="Relock">When it locks again.</param>
/// <param name="Rex">What the request-to-exit input does.</param>
/// <param name="RexHeldSeconds">After this a button that is held counts as jammed, and for nothing until it is let go.</param>
/// <param name="RexInLockdown">Whether people get out while grants are refused. Egress must be possible in most buildings.</param>
/// <param name="Fail">What it does without power.</param>
/// <param name="Tamper">What tampering does.</param>
/// <param name="TamperBlockSeconds">How long grants stay refused after it ended, unless an operator resets the door.</param>
/// <param name="MaxDecisionAgeMs">A grant whose newest frame is older is refused.</param>
/// <param name="DebounceMs">An input counts when it was steady this long.</param>
/// <param name="HasContact">Whether the door knows that it is open. Without, it relocks by time and raises no door alarm.</param>
/// <param name="HasRex">Whether there is a request-to-exit input.</param>
sealed record DoorOptions(
    [property: Range(1, 255)] double OpenSeconds = 5,
    [property: Range(1, 255)] double ExtendedSeconds = 15,
    [property: Range(1, 3600)] double HeldOpenSeconds = 30,
    [property: Range(0, 3600)] double PreAlarmSeconds = 10,
    [property: Range(0, 60)] double ForcedDelaySeconds = 0,
    [property: Range(0, 5000)] int OpenGraceMs = 500,
    RelockMode Relock = RelockMode.OnClose,
    RexAction Rex = RexAction.Unlock,
    [property: Range(1, 255)] double RexHeldSeconds = 30,
    bool RexInLockdown = true,
    FailMode Fail = FailMode.Secure,
    TamperAction Tamper = TamperAction.Block,
    [property: Range(0, 86_400)] double TamperBlockSeconds = 60,
    [property: Range(100, 60_000)] int MaxDecisionAgeMs = 1500,
    [property: Range(10, 100)] int DebounceMs = 20,
    bool HasContact = true,
    bool HasRex = true)
{
    /// <summary>What two options say against each other; null when they agree.</summary>
    public string? Contradiction()
    {
        if (ExtendedSeconds < OpenSeconds)
        {
            return $"extended_seconds is {ExtendedSeconds} and open_seconds {OpenSeconds}; "
                + "the extended time must not be the shorter one: raise it.";
        }

        return PreAlarmSeconds < HeldOpenSeconds ? null
            : $"pre_alarm_seconds is {PreAlarmSeconds} and held_open_seconds {HeldOpenSeconds}; "
                + "the warning comes before the alarm and must be the shorter one: lower it, or 0 for none.";
    }
}
