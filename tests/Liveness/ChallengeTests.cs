using EdgeFace.Liveness;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class ChallengeTests
{
    static readonly Movement[] All =
        [Movement.TurnLeft, Movement.TurnRight, Movement.LookUp, Movement.Blink, Movement.OpenMouth, Movement.ComeCloser];

    public static TheoryData<Movement> Movements => [.. All];

    [Theory]
    [MemberData(nameof(Movements))]
    public void Whoever_looks_straight_does_what_is_asked_and_looks_straight_again_has_passed(Movement asked)
    {
        var stage = New(asked).Rest();
        Assert.Equal(asked, stage.Challenge.Asked);

        // Whoever has come closer may stay there, and hold still.
        stage.Show(ChallengeStage.Straight(), 0.4).Show(ChallengeStage.Doing(asked), asked is Movement.Blink or Movement.ComeCloser ? 0.2 : 2);
        Assert.Equal(ChallengeState.Running, stage.Challenge.State); // not before he looks straight again

        Assert.Equal(ChallengeState.Passed, stage.Rest().Challenge.State);
    }

    [Fact]
    public void Several_steps_come_in_their_order()
    {
        var stage = New(All).Rest();
        foreach (var (done, asked) in All.Index())
        {
            Assert.Equal((done, asked), (stage.Challenge.Done, stage.Challenge.Asked));
            stage.Do(asked);
            if (asked is Movement.ComeCloser) stage.Rest();
        }

        Assert.Equal(ChallengeState.Passed, stage.Challenge.State);
    }

    [Fact]
    public void A_still_picture_never_passes()
    {
        foreach (var shown in All.Prepend(Movement.None))
        {
            foreach (var asked in All)
            {
                var stage = New(asked).Show(ChallengeStage.Doing(shown), 60);

                Assert.Equal(ChallengeState.Failed, stage.Challenge.State);
                Assert.True(stage.Challenge.Failure.Fault is ChallengeFault.TimedOut or ChallengeFault.TooLong);
            }
        }
    }

    /// <summary>What was asked came, but something else before it: a recording that shows everything.</summary>
    [Fact]
    public void The_wrong_order_never_passes()
    {
        foreach (var asked in All)
        {
            foreach (var first in All.Where(movement => movement != asked && movement is not Movement.Blink))
            {
                var stage = New(asked).Rest().Do(first).Do(asked).Rest(1);

                Assert.Equal((ChallengeFault.WrongMovement, asked, first),
                    (stage.Challenge.Failure.Fault, stage.Challenge.Failure.Asked, stage.Challenge.Failure.Seen));
            }
        }
    }

    [Fact]
    public void A_blink_that_nobody_asked_for_is_let_be()
    {
        var stage = New(Movement.TurnLeft).Rest().Do(Movement.Blink).Do(Movement.TurnLeft);

        Assert.Equal(ChallengeState.Passed, stage.Challenge.State);
    }

    [Fact]
    public void A_movement_that_was_there_before_the_words_is_no_answer()
    {
        var held = New(Movement.TurnLeft).Show(ChallengeStage.Doing(Movement.TurnLeft), 4);
        Assert.Equal(Movement.None, held.Challenge.Asked); // not even asked

        var early = New(Movement.TurnLeft);
        while (early.Challenge.Asked is Movement.None) early.Rest(0.04);
        early.Show(ChallengeStage.Doing(Movement.TurnLeft), 0.2);
        Assert.Equal(ChallengeFault.TooSoon, early.Challenge.Failure.Fault);
    }

    [Fact]
    public void Whoever_takes_too_long_has_failed_with_the_time_and_its_limit()
    {
        var step = New(Movement.LookUp).Rest(10).Challenge;
        Assert.Equal((ChallengeFault.TimedOut, 5), (step.Failure.Fault, step.Failure.Limit));
        Assert.InRange(step.Failure.Value, 5, 5.1);

        var all = New(Movement.LookUp).Show(ChallengeStage.Straight() with { Yaw = 30 }, 40).Challenge;
        Assert.Equal((ChallengeFault.TooLong, 30), (all.Failure.Fault, all.Failure.Limit));

        var nobody = New(Movement.LookUp).Wait(0).Wait(31).Challenge;
        Assert.Equal(ChallengeFault.TooLong, nobody.Failure.Fault);
    }

    [Fact]
    public void Whoever_leaves_and_comes_back_has_failed()
    {
        var away = New(Movement.LookUp).Rest().Show(null, 0.7).Challenge;
        Assert.Equal((ChallengeFault.FaceLost, 0.5), (away.Failure.Fault, away.Failure.Limit));

        var cameraGone = New(Movement.LookUp).Rest().Wait(0.6).Challenge;
        Assert.Equal(ChallengeFault.FaceLost, cameraGone.Failure.Fault);

        Assert.Equal(ChallengeState.Passed, New(Movement.LookUp).Rest().Show(null, 0.3).Do(Movement.LookUp).Challenge.State);
    }

    [Fact]
    public void Another_face_fails_at_the_first_frame_that_shows_it()
    {
        var stage = New(Movement.LookUp).Rest();
        stage.Similarity = 0.2f;

        Assert.Equal((ChallengeFault.AnotherFace, 0.2f), (stage.Rest().Challenge.Failure.Fault, (float)stage.Challenge.Failure.Value));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_similarity_that_is_no_number_is_another_face(float similarity)
    {
        var stage = New(Movement.LookUp);
        stage.Similarity = similarity;

        Assert.Equal(ChallengeFault.AnotherFace, stage.Rest().Challenge.Failure.Fault);
    }

    [Fact]
    public void A_second_face_and_a_picture_s_looks_end_it_when_they_stay()
    {
        var two = New(Movement.LookUp).Rest();
        two.Faces = 2;
        Assert.Equal(ChallengeFault.MoreFaces, two.Rest().Challenge.Failure.Fault);

        var spoof = New(Movement.LookUp).Rest();
        spoof.IsSpoof = true;
        Assert.Equal(ChallengeFault.Spoof, spoof.Rest().Challenge.Failure.Fault);
    }

    [Fact]
    public void A_face_that_was_never_compared_does_not_get_as_far_as_the_first_step()
    {
        var challenge = new Challenge([Movement.LookUp], ChallengeStage.SimilarityMin);
        for (var i = 0; i < 200; i++)
            challenge.See(new ChallengeFrame(TimeSpan.FromMilliseconds(40 * i), ChallengeStage.Straight(), 1, null, IsSpoof: false));

        Assert.Equal((ChallengeState.Running, Movement.None), (challenge.State, challenge.Asked));
    }

    [Fact]
    public void A_frame_from_before_the_last_one_changes_nothing()
    {
        var stage = New(Movement.TurnLeft).Rest();
        for (var i = 0; i < 50; i++)
            stage.Challenge.See(new ChallengeFrame(stage.At, ChallengeStage.Doing(Movement.TurnRight), 1, 0.9f, IsSpoof: false));

        Assert.Equal(ChallengeState.Running, stage.Challenge.State);
    }

    [Fact]
    public void Without_a_step_there_is_no_challenge()
    {
        Assert.Throws<ArgumentException>(() => new Challenge([], 0.3f));
        Assert.Throws<ArgumentException>(() => new Challenge([Movement.None], 0.3f));
        Assert.Throws<ArgumentException>(() => new Challenge([Movement.Blink], float.NaN));
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        var stage = New(Movement.LookUp).Rest();
        var before = GC.GetAllocatedBytesForCurrentThread();
        stage.Rest(1);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(ChallengeState.Running, stage.Challenge.State);
    }

    static ChallengeStage New(params Movement[] steps) =>
        new(new Challenge(steps, ChallengeStage.SimilarityMin, new ChallengeOptions(Steps: Math.Min(5, steps.Length))));
}
