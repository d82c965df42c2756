using EdgeFace.Liveness;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EdgeFace.Tests.Liveness;

/// <summary>
/// Somebody who sees what is asked and does anything: answers, other movements, nothing, no numbers, another face, a gap. However he
/// got through, the frames he showed must be those of one who did each step in its order and time. The frames are judged by what they
/// were made as, not by the limits of the challenge.
/// </summary>
public sealed class ChallengePropertyTests
{
    const int Cases = 20_000;
    const double StepSeconds = 2, TotalSeconds = 12, GapSeconds = 0.4;

    static readonly Movement[] All =
        [Movement.TurnLeft, Movement.TurnRight, Movement.LookUp, Movement.Blink, Movement.OpenMouth, Movement.ComeCloser];

    readonly HashSet<ChallengeFault> _faults = [];
    int _passed;

    [Fact]
    public void No_input_passes_without_each_step_in_order_within_its_time()
    {
        var lives = Arb.From(
            Gen.Choose(8, 40).SelectMany(length => Gen.Choose(0, int.MaxValue - 1).ArrayOf(length)), Shorter);
        Prop.ForAll(lives, Live).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

        // All ends were really tried.
        Assert.True(_passed > Cases / 100, $"{_passed} passed");
        Assert.Superset(new HashSet<ChallengeFault>
        {
            ChallengeFault.TimedOut, ChallengeFault.TooLong, ChallengeFault.WrongMovement, ChallengeFault.TooSoon,
            ChallengeFault.AnotherFace, ChallengeFault.FaceLost, ChallengeFault.MoreFaces, ChallengeFault.Spoof,
        }, _faults);
    }

    /// <summary>Two frames of another movement, of which one was not compared, are one: found by chance once.</summary>
    [Fact]
    public void A_movement_of_which_one_frame_counts_is_none() => Live([63868071, 200320847, 442563089, 1949152018]);

    void Live(int[] numbers)
    {
        var random = new Random(numbers.Length);
        var steps = ChallengeSteps.Draw(1 + numbers[0] % 3, below => (numbers[^1] + random.Next(below)) % below);
        var challenge = new Challenge(
            steps, ChallengeStage.SimilarityMin, new ChallengeOptions(steps.Length, StepSeconds, TotalSeconds, GapSeconds));
        var shown = new List<Shown>();
        var (at, size) = (TimeSpan.FromSeconds(numbers[0] % 100), 60f);
        foreach (var number in numbers)
        {
            foreach (var made in Act(number, challenge.Asked, size))
            {
                at += TimeSpan.FromSeconds(made.After);
                var (asked, done) = (challenge.Asked, challenge.Done);
                challenge.See(made.Frame with { At = at });
                shown.Add(made with
                {
                    Frame = made.Frame with { At = at },
                    Asked = asked,
                    AskedThen = challenge.Asked,
                    IsAnswer = challenge.Done > done,
                });
                if (challenge.State is not ChallengeState.Running) break;
                if (challenge.Done > done && asked is Movement.ComeCloser) size *= 1.35f;
            }

            if (challenge.State is not ChallengeState.Running) break;
        }

        if (challenge.State is ChallengeState.Failed) _faults.Add(challenge.Failure.Fault);
        if (challenge.State is not ChallengeState.Passed) return;

        _passed++;
        new ChallengeJudge(shown, StepSeconds, TotalSeconds, GapSeconds).Check(steps);
    }

    /// <summary>What one number does: so many frames of one kind.</summary>
    static IEnumerable<Shown> Act(int number, Movement asked, float size)
    {
        var (kind, more) = (number % 24, number / 24);
        var frames = 4 + more % 14;
        var other = All[more % All.Length];
        return kind switch
        {
            < 9 => Made(Movement.None, frames, size),
            < 17 => Made(Movement.None, 6, size).Concat(Made(asked, 5, size)).Concat(Made(Movement.None, 14, size)),
            < 19 => Made(other, frames, size),
            19 => Gone(1 + more % 3, each => each with { Look = Broken(more) }),
            20 => Gone(1 + more % 14, each => each with { Look = null, Faces = 0 }),
            21 => Made(asked, 1 + more % 4, size).Select(each => each with
            {
                Frame = each.Frame with { Faces = more % 2 == 0 ? 2 : 1, IsSpoof = more % 2 == 1 },
            }),
            22 => Made(Movement.None, 2, size).Select(each => each with { Frame = each.Frame with { Similarity = Similarity(more) } }),
            _ => Made(asked, 1, size).Select(each => each with { After = 0.04 * (more % 20) - 0.1 }),
        };
    }

    static IEnumerable<Shown> Gone(int frames, Func<ChallengeFrame, ChallengeFrame> change) =>
        Made(Movement.None, frames, size: 60).Select(each => each with { Frame = change(each.Frame), Is = null });

    static float? Similarity(int more) => (more % 5) switch
    {
        0 => float.NaN,
        1 => 0.1f,
        2 => float.PositiveInfinity,
        _ => null,
    };

    static FaceLook Broken(int more) => ChallengeStage.Straight() with
    {
        Yaw = more % 3 == 0 ? float.NaN : 3,
        EyeOpening = more % 3 == 1 ? float.NegativeInfinity : 0.3f,
        Size = more % 3 == 2 ? float.NaN : 60,
    };

    static IEnumerable<Shown> Made(Movement movement, int frames, float size) => Enumerable.Range(0, frames).Select(i => new Shown(
        new ChallengeFrame(default, ChallengeStage.Doing(movement, size), 1, i % 2 == 0 ? 0.8f : null, IsSpoof: false), movement));

    static IEnumerable<int[]> Shorter(int[] numbers)
    {
        for (var i = 0; i < numbers.Length && numbers.Length > 1; i++) yield return [.. numbers[..i], .. numbers[(i + 1)..]];
    }
}
