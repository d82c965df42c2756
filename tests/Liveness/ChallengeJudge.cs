using EdgeFace.Liveness;
using Xunit;

namespace EdgeFace.Tests.Liveness;

/// <summary>A frame, what it was made as, and what the challenge asked for before and after it.</summary>
/// <param name="Frame">That was shown.</param>
/// <param name="Is">What the face does; null for no face.</param>
/// <param name="After">Seconds after the last one.</param>
sealed record Shown(ChallengeFrame Frame, Movement? Is, double After = 0.04)
{
    public Movement Asked { get; init; }

    public Movement AskedThen { get; init; }

    /// <summary>With it a step was done.</summary>
    public bool IsAnswer { get; init; }

    public bool IsGood => Is is not null && Frame is { Faces: 1, IsSpoof: false };

    /// <summary>What was not compared may be somebody else's: it moves nothing.</summary>
    public bool Counts => IsGood && Frame.Similarity is not null;

    public double Seconds => Frame.At.TotalSeconds;
}

/// <summary>Looks at what somebody showed who has passed, by rules of its own.</summary>
sealed class ChallengeJudge(IReadOnlyList<Shown> shown, double stepSeconds, double totalSeconds, double gapSeconds)
{
    const double HoldSeconds = 0.4, Slack = 1e-6;

    /// <summary>Those that count: a frame that is not later than one before it was never looked at.</summary>
    readonly IReadOnlyList<Shown> _frames = [.. shown.Where((each, i) => shown.Take(i).All(before => before.Seconds < each.Seconds))];

    Movement? _home;

    public void Check(Movement[] steps)
    {
        var answers = _frames.Where(each => each.IsAnswer).ToArray();
        Assert.Equal(steps, answers.Select(each => each.Asked));
        foreach (var answer in answers) CheckStep(answer);
        CheckRest(_frames[^1].Seconds, "the end");

        Assert.InRange(_frames[^1].Seconds - _frames[0].Seconds, 0, totalSeconds + Slack);
        var faces = _frames.Where(each => each.Is is not null).ToArray();
        Assert.All(faces.Zip(faces.Skip(1)), pair => Assert.InRange(pair.Second.Seconds - pair.First.Seconds, 0, gapSeconds + Slack));
        Assert.All(faces, each => Assert.True(each.Frame.Similarity is null or >= ChallengeStage.SimilarityMin));
        Assert.All(faces.Zip(faces.Skip(1), faces.Skip(2)), three => Assert.False(
            three.First.Frame.IsSpoof && three.Second.Frame.IsSpoof && three.Third.Frame.IsSpoof));
    }

    void CheckStep(Shown answer)
    {
        var index = _frames.ToList().IndexOf(answer);
        var prompt = _frames.Take(index).Last(each => each.Asked is Movement.None && each.AskedThen == answer.Asked);
        Assert.InRange(answer.Seconds - prompt.Seconds, 0.2 - Slack, stepSeconds + Slack);
        CheckRest(prompt.Seconds, "a step");

        var between = _frames.Take(index + 1).Where(each => each.Seconds > prompt.Seconds && each.IsGood).ToArray();
        Assert.Contains(between, each => Does(each, prompt) == answer.Asked);
        // Of three in a row that do something else, two that were compared.
        foreach (var three in between.Zip(between.Skip(1), between.Skip(2)))
        {
            Shown[] row = [three.First, three.Second, three.Third];
            var did = Does(row[0], prompt);
            Assert.False(
                did is not (Movement.None or Movement.Blink) && did != answer.Asked && row.All(each => Does(each, prompt) == did)
                && row.Count(each => each.Counts) >= 2, $"{did} before {answer.Asked}");
        }
    }

    /// <summary>
    /// Against how he stood before: whoever has come closer and stays there does nothing any more; nor does he who has narrow eyes or
    /// looks up all the time, as one does to whom the camera is low.
    /// </summary>
    static Movement? Does(Shown each, Shown prompt) => each.Is == prompt.Is && each.Frame.Look?.Size < 1.2f * prompt.Frame.Look?.Size
        || each.Is is Movement.ComeCloser && each.Frame.Look?.Size < 1.2f * prompt.Frame.Look?.Size ? Movement.None : each.Is;

    static Movement KindOf(Movement? shown) => shown is Movement.ComeCloser or null ? Movement.None : shown.Value;

    /// <summary>For so long nothing but looking straight, alone, alive, and compared at least once.</summary>
    void CheckRest(double until, string before)
    {
        // Where frames are few, the last three.
        var seen = _frames.Where(each => each.Seconds <= until && each.Is is not null).ToArray();
        var held = seen[^Math.Min(seen.Length, Math.Max(3, seen.Count(each => each.Seconds > until - HoldSeconds + Slack)))..];
        Assert.True(held.Length >= 3, $"{held.Length} frames before {before}");
        Assert.True(held[0].Is is Movement.None or Movement.ComeCloser or Movement.Blink or Movement.LookUp, $"{held[0].Is} before {before}");
        Assert.All(held, each => Assert.True(each.IsGood && Does(each, held[0]) is Movement.None, $"{each.Is} before {before}"));
        var (kind, home) = (KindOf(held[0].Is), _home ??= KindOf(held[0].Is));
        // Eyes that were narrow at first may be wider later: that is no movement that is held.
        Assert.True(kind == home || (kind, home) is (Movement.None, Movement.Blink), $"{held[0].Is} before {before}, and {home} at first");
        Assert.Contains(_frames, each => each.Seconds <= until && each.Frame.Similarity >= ChallengeStage.SimilarityMin);
    }
}
