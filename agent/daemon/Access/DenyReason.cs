namespace EdgeFace.Access;

/// <summary>Why a door stays shut. Zero is the answer when nobody has answered.</summary>
public enum DenyReason
{
    NotDecided,
    TooSmall,
    Turned,
    Blurred,
    TooDark,
    TooBright,
    Spoof,
    Unknown,
    Ambiguous,
    Revoked,
    NotYetValid,
    Expired,
}
