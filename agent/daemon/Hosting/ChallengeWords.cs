using EdgeFace.Documents;
using EdgeFace.Journal;
using EdgeFace.Liveness;
using EdgeFace.Pipeline;

namespace EdgeFace.Hosting;

/// <summary>What happens in a challenge, in the journal's words.</summary>
static class ChallengeWords
{
    public static AccessEvent Of(ChallengeNews news, string door, DateTimeOffset at) => new(
        $"challenge.{Words.Kebab(news.Moment)}", at, door, Subject: news.Subject,
        Reason: ReasonOf(news), Value: ValueOf(news), Limit: LimitOf(news), Remedy: RemedyOf(news),
        Priority: EventPriority.Access,
        More: More(news));

    /// <summary><c>look-straight</c>, <c>turn-left</c>.</summary>
    public static string CodeOf(Movement asked) => asked is Movement.None ? "look-straight" : Words.Kebab(asked);

    static string? ReasonOf(ChallengeNews news) => news.Moment switch
    {
        ChallengeMoment.Started => Words.Kebab(news.Cause),
        ChallengeMoment.Step => CodeOf(news.Asked),
        ChallengeMoment.Failed => Words.Kebab(news.Failure.Fault),
        _ => null,
    };

    static double ValueOf(ChallengeNews news) => news.Moment switch
    {
        ChallengeMoment.Failed => news.Failure.Value,
        ChallengeMoment.Step => news.Done + 1,
        _ => news.Done,
    };

    static double LimitOf(ChallengeNews news) => news.Moment is ChallengeMoment.Failed ? news.Failure.Limit : news.Steps;

    static string RemedyOf(ChallengeNews news) => news.Moment switch
    {
        ChallengeMoment.Failed => news.Failure.Remedy,
        ChallengeMoment.Passed => "",
        _ => ChallengePrompt.Of(news.Asked),
    };

    static Dictionary<string, string> More(ChallengeNews news)
    {
        var more = new Dictionary<string, string> { ["cause"] = Words.Kebab(news.Cause) };
        if (news.Moment is not ChallengeMoment.Failed) return more;

        more["asked"] = CodeOf(news.Failure.Asked);
        more["done"] = $"{news.Done}";
        more["steps"] = $"{news.Steps}";
        if (news.Failure.Seen is not Movement.None) more["seen"] = CodeOf(news.Failure.Seen);
        return more;
    }
}
