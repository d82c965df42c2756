using System.Collections.Frozen;
using EdgeFace.Documents;

namespace EdgeFace.Access;

/// <summary>
/// Why a door stays shut. Zero is the answer when nobody has answered. Up to <see cref="TooBright"/> it is the picture that
/// was bad, and nobody's fault.
/// </summary>
public enum DenyReason
{
    NotDecided,
    TooSmall,
    Pose,
    Blurred,
    TooDark,
    TooBright,

    // Who stands there.
    Spoof,
    Unsure,
    ChallengeFailed,
    Unknown,
    Ambiguous,

    // What he may.
    Revoked,
    NotYetValid,
    Expired,
    OutOfSchedule,
    WrongDoor,
    AntiPassback,
    LockedOut,
    SecondFactorMissing,
    WrongSecondFactor,
    UnknownCard,
    FactorNotUsed,
    PartnerMissing,
    FirstPersonMissing,

    // What the door and the device are in.
    Lockdown,
    HeldLocked,
    Interlocked,
    Stale,
    GalleryTooOld,
    ClockUntrusted,
    CameraUntrusted,
    TamperedDoor,
    DoorFaulted,
}

/// <summary>One code for each reason, the same in journal, command line, metrics and events.</summary>
static class DenyReasons
{
    static readonly FrozenDictionary<DenyReason, string> Codes = Enum.GetValues<DenyReason>().ToFrozenDictionary(
        reason => reason, Words.Kebab);

    /// <summary><c>out-of-schedule</c>.</summary>
    public static string Code(this DenyReason reason) => Codes.GetValueOrDefault(reason, Codes[DenyReason.NotDecided]);

    /// <summary>The picture was bad: waited out, told, and never counted against anybody.</summary>
    public static bool IsBadPicture(this DenyReason reason) => reason is DenyReason.NotDecided or <= DenyReason.TooBright;
}
