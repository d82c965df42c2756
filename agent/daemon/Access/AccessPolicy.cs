using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Liveness;
using EdgeFace.Matching;

namespace EdgeFace.Access;

/// <summary>From and until when somebody may pass; null is without limit.</summary>
readonly record struct Validity(DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>Decides on one frame's evidence. Pure: the same evidence gives the same answer.</summary>
sealed class AccessPolicy(
    Threshold threshold, IReadOnlyDictionary<SubjectId, Validity> subjects, AccessOptions options)
{
    public Threshold Threshold => threshold;

    public AccessOptions Options { get; } = Checked(options);

    /// <summary>Every path but the last denies. Liveness is asked before the match: an attack learns nothing about who is enrolled.</summary>
    /// <param name="quality">Of the face's picture.</param>
    /// <param name="pad">Whether it is a live person. No number is not live.</param>
    /// <param name="match">The nearest subject; null when the gallery is empty or was not asked.</param>
    /// <param name="now">Wall time, for periods of validity.</param>
    public AccessDecision Decide(in FaceQuality quality, in PadReading pad, Match? match, DateTimeOffset now) =>
        Refuse(quality, pad) ?? Doubt(pad) ?? Decide(match, now);

    /// <summary>What can be said before anybody is looked up: a bad picture, or one that is no live person; null goes on.</summary>
    public AccessDecision? Refuse(in FaceQuality quality, in PadReading pad)
    {
        if (Options.Quality.Check(quality) is { } shortfall) return Deny(shortfall);
        return Options.Pad.Judge(pad) is PadVerdict.Spoof ? AccessDecision.Deny(DenyReason.Spoof, pad.Live, Options.LivenessMin) : null;
    }

    /// <summary>Whether it is still not known that he is alive; null goes on. Nobody is looked up before: a photograph learns nothing.</summary>
    public AccessDecision? Doubt(in PadReading pad) =>
        Options.Pad.Judge(pad) is PadVerdict.Live ? null : AccessDecision.Deny(DenyReason.Unsure, pad.Motion, Options.MotionMin);

    /// <summary>The same without a live person: who is in the picture, not whether a door opens for it.</summary>
    public AccessDecision Decide(Match? match, DateTimeOffset now)
    {
        if (match is not { } found || !(found.Similarity >= threshold.Similarity))
            return AccessDecision.Deny(DenyReason.Unknown, match?.Similarity ?? -1, threshold.Similarity);
        if (!(found.Margin >= Options.MarginMin))
            return AccessDecision.Deny(DenyReason.Ambiguous, found.Margin, Options.MarginMin);
        if (!subjects.TryGetValue(found.Subject, out var validity)) return AccessDecision.Deny(DenyReason.Revoked, 0, 1);
        if (validity.From is { } from && from > now)
            return AccessDecision.Deny(DenyReason.NotYetValid, (float)(from - now).TotalHours, 0, found.Subject);
        if (validity.Until is { } until && until <= now)
            return AccessDecision.Deny(DenyReason.Expired, (float)(now - until).TotalHours, 0, found.Subject);

        return AccessDecision.Grant(found.Subject, found.Similarity, threshold.Similarity);
    }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    static AccessOptions Checked(AccessOptions options)
    {
        OptionsCheck.Ensure(options.Quality);
        return OptionsCheck.Ensure(options);
    }

    static AccessDecision Deny(QualityShortfall shortfall) => AccessDecision.Deny(
        shortfall.Issue switch
        {
            QualityIssue.TooSmall => DenyReason.TooSmall,
            QualityIssue.Turned => DenyReason.Pose,
            QualityIssue.Blurred => DenyReason.Blurred,
            QualityIssue.TooDark => DenyReason.TooDark,
            QualityIssue.TooBright => DenyReason.TooBright,
            _ => DenyReason.NotDecided,
        },
        shortfall.Value,
        shortfall.Limit);
}
