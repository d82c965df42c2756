using EdgeFace.Matching;

namespace EdgeFace.Doors;

/// <summary>What a door says to a grant. Zero refuses.</summary>
public enum DoorReply
{
    /// <summary>Nobody has answered.</summary>
    NotAsked,

    /// <summary>The newest frame behind the grant is too old. Value and limit in milliseconds.</summary>
    Stale,

    /// <summary>The frame behind the grant was taken after now: a clock or a program is wrong. Value in milliseconds, negative.</summary>
    FromFuture,

    /// <summary>Whoever was recognised has gone.</summary>
    TrackLeft,

    /// <summary>The emergency lock is on.</summary>
    Lockdown,

    /// <summary>An operator or a schedule holds it locked.</summary>
    HeldLocked,

    /// <summary>Another door of the interlock is open or unlocked. Value is how many.</summary>
    Interlocked,

    Tampered,

    /// <summary>The hardware does not answer, or the relay does not do what it is told.</summary>
    Faulted,

    /// <summary>The daemon is going down.</summary>
    ShutDown,

    Unlocked,
}

/// <summary>Somebody may pass.</summary>
/// <param name="Subject">Who; null for an operator's or a guest's grant.</param>
/// <param name="CapturedAt">Timestamp of the newest frame, card or key behind it, of the same TimeProvider as the door's.</param>
/// <param name="TrackPresent">Whether whoever it was given to still stands there.</param>
/// <param name="Extended">Needs longer.</param>
readonly record struct DoorGrant(SubjectId? Subject, long CapturedAt, bool TrackPresent, bool Extended = false);

/// <summary>The reply to a grant with the value that decided and its limit. <c>default</c> refuses.</summary>
readonly record struct DoorGrantResult(DoorReply Reply, double Value = 0, double Limit = 0)
{
    public bool Opens => Reply is DoorReply.Unlocked;

    /// <summary>One sentence: what happened, the value, the limit and what to do.</summary>
    public string Explanation => Reply switch
    {
        DoorReply.Unlocked => $"unlocked {Value:F0} ms after the picture was taken, {Limit:F0} ms are allowed",
        DoorReply.Stale => $"the picture is {Value:F0} ms old, {Limit:F0} ms are allowed: look into the camera again",
        DoorReply.FromFuture => $"the picture was taken {-Value:F0} ms from now: a fault of the program or its clock, report it",
        DoorReply.TrackLeft => "whoever was recognised has left: come back to the camera",
        DoorReply.Lockdown => "the door is under lockdown: wait for the operator",
        DoorReply.HeldLocked => "an operator or a schedule holds the door locked: ask the operator",
        DoorReply.Interlocked => $"{Value:F0} other doors of the interlock are open or unlocked, {Limit:F0} may be: close them first",
        DoorReply.Tampered => $"the door was tampered with, grants are refused for another {Value:F0} s: ask the operator to reset it",
        DoorReply.Faulted => "the door's hardware does not answer or its relay does not obey: look at the wiring",
        DoorReply.ShutDown => "the daemon is going down: wait until it is back",
        _ => "the door was not asked",
    };
}
