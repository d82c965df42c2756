using EdgeFace.Matching;

namespace EdgeFace.Access;

/// <summary>
/// What the policy says, with the value that decided and the limit it was held against. <c>default</c> denies.
/// </summary>
readonly record struct AccessDecision
{
    public SubjectId? Granted { get; private init; }

    /// <summary>Whose face it is, let in or not; null where that is not sure.</summary>
    public SubjectId? Known { get; private init; }

    /// <summary>Meaningless when granted.</summary>
    public DenyReason Reason { get; private init; }

    /// <summary>Similarity, liveness, pixels, seconds …: whatever the reason speaks of.</summary>
    public float Value { get; private init; }

    public float Limit { get; private init; }

    public bool OpensDoor => Granted is not null;

    public static AccessDecision Grant(SubjectId subject, float similarity, float threshold) =>
        new() { Granted = subject, Known = subject, Value = similarity, Limit = threshold };

    public static AccessDecision Deny(DenyReason reason, float value, float limit, SubjectId? known = null) =>
        new() { Reason = reason, Value = value, Limit = limit, Known = known };

    /// <summary>The same, of nobody: not enough was seen to say whose face it is.</summary>
    public AccessDecision Unnamed() => this with { Known = null };

    /// <summary>One sentence: what happened, the value, the limit and what to do.</summary>
    public string Explanation => OpensDoor ? Finding : $"{Finding}: {Remedy}";

    /// <summary>What happened, with the value and the limit.</summary>
    public string Finding => OpensDoor ? GrantFinding : Reason switch
    {
        DenyReason.TooSmall => $"{Value:F0} pixels between the eyes, {Limit:F0} are needed",
        DenyReason.Pose => $"head turned {Value:F0} degrees, {Limit:F0} are allowed",
        DenyReason.Blurred => $"sharpness {Value:F3}, {Limit:F3} is needed",
        DenyReason.TooDark => $"brightness {Value:F0}, {Limit:F0} is needed",
        DenyReason.TooBright => $"brightness {Value:F0}, {Limit:F0} is allowed",
        DenyReason.Spoof => $"liveness {Value:F3}, {Limit:F3} is needed",
        DenyReason.Unsure => $"motion that no flat picture has {Value:F3}, {Limit:F3} is needed",
        DenyReason.ChallengeFailed => $"{Value:F0} of the {Limit:F0} movements that were asked for were done as asked",
        DenyReason.Unknown => Value <= -1 ? "nobody is enrolled" : $"best similarity {Value:F3}, {Limit:F3} is needed",
        DenyReason.Ambiguous => $"only {Value:F3} ahead of the next person, {Limit:F3} is needed",
        DenyReason.Revoked => $"enrolled {Value:F0} times, {Limit:F0} is needed",
        DenyReason.NotYetValid => $"the permission begins in {Value:F1} hours, {Limit:F0} is needed",
        DenyReason.Expired => $"the permission ended {Value:F1} hours ago, {Limit:F0} is allowed",
        DenyReason.OutOfSchedule => Value >= 0
            ? $"outside the hours, which begin in {Value:F0} minutes, {Limit:F0} is needed"
            : "outside the hours, and none begin within a week",
        DenyReason.WrongDoor => $"{Value:F0} rules of this door are for this person, {Limit:F0} is needed",
        DenyReason.AntiPassback => Limit > 0
            ? $"passed {Value:F0} seconds ago, {Limit:F0} must lie between"
            : "the person is not where this door leads from",
        DenyReason.LockedOut => $"locked for {Value:F0} more seconds after {Limit:F0} failed attempts in a row",
        DenyReason.SecondFactorMissing => Limit > 0
            ? $"waited {Value:F0} seconds for the second factor, {Limit:F0} are allowed"
            : "no PIN and no card is on record for this person",
        DenyReason.WrongSecondFactor => $"the PIN or card is not this person's; {Value:F0} failed of {Limit:F0} in a row",
        DenyReason.UnknownCard => $"the card is nobody's; {Value:F0} failed of {Limit:F0} in a row",
        DenyReason.FactorNotUsed => "no card or PIN is asked for at this door now",
        DenyReason.PartnerMissing => $"waited {Value:F0} seconds for a second person, {Limit:F0} are allowed",
        DenyReason.FirstPersonMissing => $"{Value:F0} of those who must come first are in, {Limit:F0} is needed",
        DenyReason.Lockdown => "the door is locked down",
        DenyReason.HeldLocked => "an operator or a schedule holds the door locked",
        DenyReason.Interlocked => $"{Value:F0} other doors of the interlock are open, {Limit:F0} is allowed",
        DenyReason.Stale => Value < 0 ? "the picture is dated after now"
            : Limit > 0 ? $"the picture is {Value:F0} ms old, {Limit:F0} are allowed"
            : "whoever was recognised has left the picture",
        DenyReason.GalleryTooOld => Value < 0
            ? $"the gallery was never confirmed, at most {Limit:F1} hours are allowed"
            : $"the gallery was confirmed {Value:F1} hours ago, {Limit:F1} are allowed",
        DenyReason.ClockUntrusted => "the clock is not trusted, so hours and validity cannot be judged",
        DenyReason.CameraUntrusted => "the camera shows no live scene",
        DenyReason.TamperedDoor => "the door's tamper contact has spoken",
        DenyReason.DoorFaulted => "the door's relay does not answer",
        _ => "nothing was decided",
    };

    /// <summary>What to do; nothing when granted.</summary>
    public string Remedy => OpensDoor ? "" : Reason switch
    {
        DenyReason.TooSmall => "come closer",
        DenyReason.Pose => "look into the camera",
        DenyReason.Blurred => "hold still",
        DenyReason.TooDark => "add light",
        DenyReason.TooBright => "turn away from the light",
        DenyReason.Spoof => "show your own face, not a picture",
        DenyReason.Unsure => "show the whole face, and blink or turn the head a little",
        DenyReason.ChallengeFailed => "look straight, then do at once what is asked, and nothing else",
        DenyReason.Unknown => "ask to be enrolled",
        DenyReason.Ambiguous => "try again, facing the camera",
        DenyReason.Revoked or DenyReason.NotYetValid or DenyReason.Expired or DenyReason.WrongDoor => "ask the operator",
        DenyReason.OutOfSchedule => "come in the hours, or ask the operator for others",
        DenyReason.AntiPassback => Limit > 0 ? "wait" : "leave through the exit first, or ask the operator",
        DenyReason.LockedOut => "wait, then try once, with care",
        DenyReason.SecondFactorMissing => Limit > 0
            ? "show the face and give PIN or card together" : "ask the operator for one",
        DenyReason.WrongSecondFactor => "try again with your own",
        DenyReason.UnknownCard => "use your own card, or ask the operator to add it",
        DenyReason.FactorNotUsed => "show your face",
        DenyReason.PartnerMissing => "come with a second person",
        DenyReason.FirstPersonMissing => "wait for one of them",
        DenyReason.HeldLocked => "ask the operator",
        DenyReason.Lockdown => "wait until the operator lifts it",
        DenyReason.Interlocked => "close the other door first",
        DenyReason.Stale => "stay in front of the camera and try again",
        DenyReason.GalleryTooOld => "connect the device, or confirm the gallery",
        DenyReason.ClockUntrusted => "set the clock, or let it reach a time server",
        DenyReason.CameraUntrusted or DenyReason.TamperedDoor or DenyReason.DoorFaulted => "have it looked at",
        _ => "try again",
    };

    /// <summary>A card opens without a similarity.</summary>
    string GrantFinding => Limit > 0 ? $"similarity {Value:F3} reaches the threshold {Limit:F3}" : "a valid card";
}
