using EdgeFace.Matching;

namespace EdgeFace.Access;

/// <summary>What the policy says, with the value that decided and the limit it was held against. <c>default</c> denies.</summary>
readonly record struct AccessDecision
{
    public SubjectId? Granted { get; private init; }

    /// <summary>Meaningless when granted.</summary>
    public DenyReason Reason { get; private init; }

    /// <summary>Similarity, liveness, pixels …: whatever the reason speaks of.</summary>
    public float Value { get; private init; }

    public float Limit { get; private init; }

    public bool OpensDoor => Granted is not null;

    public static AccessDecision Grant(SubjectId subject, float similarity, float threshold) =>
        new() { Granted = subject, Value = similarity, Limit = threshold };

    public static AccessDecision Deny(DenyReason reason, float value, float limit) =>
        new() { Reason = reason, Value = value, Limit = limit };

    /// <summary>One sentence: what happened, the value, the limit and what to do.</summary>
    public string Explanation => OpensDoor
        ? $"similarity {Value:F3} reaches the threshold {Limit:F3}"
        : Reason switch
        {
            DenyReason.TooSmall => $"{Value:F0} pixels between the eyes, {Limit:F0} are needed: come closer",
            DenyReason.Turned => $"head turned {Value:F0} degrees, {Limit:F0} are allowed: look into the camera",
            DenyReason.Blurred => $"sharpness {Value:F3}, {Limit:F3} is needed: hold still",
            DenyReason.TooDark => $"brightness {Value:F0}, {Limit:F0} is needed: add light",
            DenyReason.TooBright => $"brightness {Value:F0}, {Limit:F0} is allowed: turn away from the light",
            DenyReason.Spoof => $"liveness {Value:F2}, {Limit:F2} is needed: show your own face, not a picture",
            DenyReason.Unknown => $"best similarity {Value:F3}, {Limit:F3} is needed: ask to be enrolled",
            DenyReason.Ambiguous => $"only {Value:F3} ahead of the next person, {Limit:F3} is needed: try again, facing the camera",
            DenyReason.Revoked => "no longer enrolled: ask the operator",
            DenyReason.NotYetValid => "the permission has not begun: ask the operator",
            DenyReason.Expired => "the permission has ended: ask the operator",
            _ => "nothing was decided",
        };
}
