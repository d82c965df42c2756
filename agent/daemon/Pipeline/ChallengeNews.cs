using EdgeFace.Liveness;
using EdgeFace.Matching;

namespace EdgeFace.Pipeline;

/// <summary>What happens in a challenge at a door.</summary>
public enum ChallengeMoment
{
    Started,
    Step,
    Rest,
    Passed,
    Failed,
}

/// <summary>Why there is a challenge. Zero is the one that opens nothing.</summary>
public enum ChallengeCause
{
    Operator,
    Unsure,
    Always,
}

/// <summary>Something of a challenge that others want to know: the journal, a display, whoever began it.</summary>
/// <param name="Moment">What.</param>
/// <param name="Cause">Why there is one.</param>
/// <param name="Asked">Of a step, the movement; of a failure, what was asked when it failed.</param>
/// <param name="Done">Steps that were done.</param>
/// <param name="Steps">Of so many.</param>
/// <param name="Subject">Whom the face was taken for when it began; null where nobody was asked.</param>
/// <param name="Failure">Of a failure.</param>
readonly record struct ChallengeNews(
    ChallengeMoment Moment, ChallengeCause Cause, Movement Asked, int Done, int Steps, SubjectId? Subject, ChallengeFailure Failure = default);
