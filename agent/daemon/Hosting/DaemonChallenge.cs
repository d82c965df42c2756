using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EdgeFace.Documents;
using EdgeFace.Liveness;
using EdgeFace.Pipeline;

namespace EdgeFace.Hosting;

/// <summary>A challenge that an operator begins at a door, told as it goes on.</summary>
sealed partial class DaemonControl
{
    async IAsyncEnumerable<ControlReply> ChallengeAsync(ControlCall call, [EnumeratorCancellation] CancellationToken stop)
    {
        if (daemon.Find(call.Door) is not { } post)
        {
            yield return NoSuchDoor(call);
            yield break;
        }

        var words = Channel.CreateBounded<string>(
            new BoundedChannelOptions(WordsWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var rules = (post.Profile.Challenge ?? new StepUpOptions()).Challenge;
        var challenge = await AtWatchAsync(post, () => post.Watch.TryChallenge(
            rules with { Steps = call.Request.Steps ?? rules.Steps },
            news => Hear(news, words.Writer)), stop);
        if (challenge is null)
        {
            yield return ControlReply.No($"At {post.Name} somebody else is being challenged or enrolled: wait until that is over.");
            yield break;
        }

        try
        {
            await foreach (var word in words.Reader.ReadAllAsync(stop)) yield return ControlReply.Along(word);
        }
        finally
        {
            // Whoever asked may have gone: the door goes back to its work.
            post.Watch.TrySend(() => post.Watch.End(challenge));
        }

        yield return ControlReply.With(ReportOf(challenge), ControlJson.Lines.ChallengeReport) with
        {
            Exit = challenge.State is ChallengeState.Passed ? ControlExit.Ok : ControlExit.No,
        };
    }

    static void Hear(ChallengeNews news, ChannelWriter<string> words)
    {
        if (news.Moment is ChallengeMoment.Started or ChallengeMoment.Step) words.TryWrite(ChallengePrompt.Of(news.Asked));
        if (news.Moment is ChallengeMoment.Rest) words.TryWrite($"Good. {ChallengePrompt.Of(news.Asked)}");
        if (news.Moment is ChallengeMoment.Passed or ChallengeMoment.Failed) words.TryComplete();
    }

    static ChallengeReport ReportOf(DoorChallenge challenge) => challenge.State is ChallengeState.Passed
        ? new ChallengeReport("passed", challenge.Done, challenge.Steps, challenge.Lasted.TotalSeconds)
        : new ChallengeReport(
            "failed", challenge.Done, challenge.Steps, challenge.Lasted.TotalSeconds, Words.Kebab(challenge.Failure.Fault),
            ChallengeWords.CodeOf(challenge.Failure.Asked), challenge.Failure.Value, challenge.Failure.Limit, challenge.Failure.Remedy);
}
