using EdgeFace.Documents;
using EdgeFace.Matching;

namespace EdgeFace.Doors;

/// <summary>What happened at a door. <see cref="DoorWords.Code(DoorEventKind)"/> is the word for it everywhere.</summary>
public enum DoorEventKind
{
    /// <summary>Unlocked; the reason says by what. By a grant: value is the age of its picture in ms, limit what is allowed.</summary>
    Unlocked,

    /// <summary>Another grant while unlocked: the open time begins anew.</summary>
    Prolonged,

    /// <summary>Locked again; value is how many seconds it was unlocked. With the reason start: it is locked as the daemon begins.</summary>
    Locked,

    /// <summary>The reason says by right of what; with a grant's, the subject.</summary>
    Opened,

    /// <summary>Value is how many seconds it was open.</summary>
    Closed,

    /// <summary>Open for value seconds; the alarm comes at limit.</summary>
    HeldWarning,

    /// <summary>Open for value seconds, limit are allowed.</summary>
    HeldOpen,
    HeldOpenEnded,

    /// <summary>Opened without a reason.</summary>
    Forced,
    ForcedEnded,

    RexPressed,

    /// <summary>Somebody asked to get out and was refused; the reason says why.</summary>
    RexRefused,

    /// <summary>The button is held for value seconds, limit count.</summary>
    RexStuck,

    Tampered,

    /// <summary>Ended after value seconds; grants stay refused for limit seconds more.</summary>
    TamperEnded,

    Fire,

    /// <summary>The input is gone after value seconds; the release stays until an operator resets it.</summary>
    FireInputEnded,

    /// <summary>An operator has ended the release.</summary>
    FireReset,

    Lockdown,
    LockdownEnded,

    /// <summary>Ordered locked; the reason says by whom, value for how many seconds, 0 for ever.</summary>
    LockOrdered,

    /// <summary>Ordered unlocked.</summary>
    UnlockOrdered,

    /// <summary>An order was taken back, or its time ran out.</summary>
    OrderEnded,

    /// <summary>An order to unlock waits for the other doors of the interlock; value is how many.</summary>
    Interlocked,

    /// <summary>The relay does not stand as it was told, 1 energised, 0 not: value is what it does, limit what it should.</summary>
    RelayFault,
    RelayFaultEnded,

    /// <summary>The hardware failed; the relay was sent to its declared state and is tried again in limit seconds.</summary>
    HardwareFault,

    /// <summary>The hardware has not answered for value seconds.</summary>
    HardwareStalled,

    /// <summary>It answers again after value seconds.</summary>
    HardwareFaultEnded,

    /// <summary>Left in its declared state.</summary>
    ShutDown,
}

/// <summary>By right of what a door is unlocked, or why it no longer is.</summary>
public enum DoorReason
{
    None,
    Grant,
    Rex,
    Schedule,
    Operator,
    Emergency,
    Fire,

    /// <summary>The open time, or the order's, has run out.</summary>
    TimeUp,
    Opened,
    Closed,
    Lockdown,

    /// <summary>An order to unlock was taken back, or one to lock given.</summary>
    Ordered,
    Tamper,
    Interlock,
    Fault,

    /// <summary>It was so when the daemon began.</summary>
    Start,
    ShutDown,
}

/// <summary>What a door reports.</summary>
/// <param name="Door">Its name.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">Wall time, for people. No door decides by it.</param>
/// <param name="Reason">By right of what, or why.</param>
/// <param name="Value">What was measured, as the kind says.</param>
/// <param name="Limit">What it was held against.</param>
/// <param name="Subject">Who, where a grant is behind it.</param>
/// <param name="Detail">What the hardware said.</param>
readonly record struct DoorEvent(
    string Door, DoorEventKind Kind, DateTimeOffset At, DoorReason Reason, double Value, double Limit, SubjectId? Subject,
    string? Detail);

/// <summary>A transition of a door, before it has a name and a time.</summary>
readonly record struct DoorChange(
    DoorEventKind Kind, DoorReason Reason, double Value = 0, double Limit = 0, SubjectId? Subject = null, string? Detail = null);

/// <summary>A door's words as journal, metrics and programs read them.</summary>
static class DoorWords
{
    static readonly Dictionary<DoorEventKind, string> Kinds =
        Enum.GetValues<DoorEventKind>().ToDictionary(kind => kind, Words.Kebab);

    static readonly Dictionary<DoorReply, string> Replies =
        Enum.GetValues<DoorReply>().ToDictionary(reply => reply, Words.Kebab);

    static readonly Dictionary<DoorReason, string> Reasons =
        Enum.GetValues<DoorReason>().ToDictionary(reason => reason, Words.Kebab);

    public static string Code(this DoorEventKind kind) => Kinds[kind];

    public static string Code(this DoorReply reply) => Replies[reply];

    public static string Code(this DoorReason reason) => Reasons[reason];

    /// <summary>What somebody should look at now.</summary>
    public static bool IsAlarm(this DoorEventKind kind) => kind is DoorEventKind.HeldOpen or DoorEventKind.Forced
        or DoorEventKind.RexStuck or DoorEventKind.Tampered or DoorEventKind.Fire or DoorEventKind.Lockdown
        or DoorEventKind.RelayFault or DoorEventKind.HardwareFault or DoorEventKind.HardwareStalled;
}
