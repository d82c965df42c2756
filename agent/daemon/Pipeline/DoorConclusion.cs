using EdgeFace.Access;

namespace EdgeFace.Pipeline;

/// <summary>How an attempt at a door ended, with all that journal and metrics want to know of it.</summary>
/// <param name="Door">At which.</param>
/// <param name="At">Wall time.</param>
sealed record DoorConclusion(string Door, DateTimeOffset At)
{
    /// <summary>What desk and door said; null for a report that is no decision.</summary>
    public AccessAnswer? Answer { get; init; }

    /// <summary>The face's, counted from the start of the daemon.</summary>
    public int Track { get; init; }

    /// <summary>The frame in which the decision fell; null where no face was behind it.</summary>
    public FrameVerdict? Verdict { get; init; }

    /// <summary>What that frame cost.</summary>
    public FrameTiming Timing { get; init; }

    /// <summary>From the capture of the newest frame behind it until the door had answered: capture to relay.</summary>
    public TimeSpan? EvidenceAge { get; init; }

    /// <summary>From the first frame of the attempt until it was decided; null where no face was behind it.</summary>
    public TimeSpan? TimeToVerdict { get; init; }

    /// <summary>That frame as a JPEG; null unless the operator asked for pictures.</summary>
    public byte[]? Picture { get; init; }

    public bool IsTailgating { get; private init; }

    /// <summary>Something of a challenge at the door; null for all else.</summary>
    public ChallengeNews? Challenge { get; private init; }

    public static DoorConclusion OfChallenge(string door, DateTimeOffset at, ChallengeNews news) => new(door, at) { Challenge = news };

    public static DoorConclusion Tailgating(string door, DateTimeOffset at) => new(door, at) { IsTailgating = true };
}
