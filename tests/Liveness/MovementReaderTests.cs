using EdgeFace.Liveness;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class MovementReaderTests
{
    readonly MovementReader _reader = new();
    TimeSpan _at;

    public static TheoryData<Movement> Movements =>
        [Movement.TurnLeft, Movement.TurnRight, Movement.LookUp, Movement.Blink, Movement.OpenMouth, Movement.ComeCloser];

    [Theory]
    [MemberData(nameof(Movements))]
    public void Each_movement_begins_once_however_long_it_is_held_and_no_other_with_it(Movement movement)
    {
        See(ChallengeStage.Straight(), 15);

        var begun = See(ChallengeStage.Doing(movement), 8);
        begun.AddRange(See(ChallengeStage.Straight(), 2));

        Assert.Equal([movement], begun);
    }

    [Fact]
    public void Nothing_begins_before_somebody_was_at_rest()
    {
        Assert.Empty(See(ChallengeStage.Doing(Movement.TurnLeft), 40));
        Assert.False(_reader.IsAtRest);
    }

    [Fact]
    public void One_frame_is_no_movement()
    {
        See(ChallengeStage.Straight(), 15);

        Assert.Empty(See(ChallengeStage.Doing(Movement.TurnLeft), 1));
        Assert.Empty(See(ChallengeStage.Straight(), 1));
    }

    [Fact]
    public void Eyes_that_stay_shut_or_follow_a_nod_have_not_blinked()
    {
        See(ChallengeStage.Straight(), 15);
        Assert.Empty(See(ChallengeStage.Doing(Movement.Blink), 40));
        Assert.Empty(See(ChallengeStage.Straight(), 15));

        Assert.Empty(See(ChallengeStage.Doing(Movement.Blink) with { Pitch = 0 }, 6));
        Assert.Empty(See(ChallengeStage.Straight(), 15));
    }

    [Fact]
    public void Narrow_eyes_and_a_high_camera_are_measured_from_where_they_are()
    {
        var narrow = ChallengeStage.Straight() with { EyeOpening = 0.18f, Pitch = -20 };
        Assert.Empty(See(narrow, 15));

        Assert.Empty(See(narrow with { EyeOpening = 0.11f }, 4));
        Assert.Equal([Movement.Blink], See(narrow, 1));
        Assert.Equal([Movement.LookUp], See(narrow with { Pitch = -2 }, 4));
    }

    [Fact]
    public void A_slow_turn_is_one_where_rest_is_not_followed()
    {
        See(ChallengeStage.Straight(), 15);
        _reader.FollowsRest = false;
        var begun = new List<Movement>();
        for (var yaw = 3f; yaw < 30; yaw += 0.2f) begun.AddRange(See(ChallengeStage.Straight() with { Yaw = yaw }, 1));

        Assert.Equal([Movement.TurnLeft], begun);
    }

    [Fact]
    public void What_is_no_number_is_passed_over()
    {
        See(ChallengeStage.Straight(), 15);

        Assert.Empty(See(ChallengeStage.Straight() with { Yaw = float.NaN }, 10));
        Assert.Empty(See(ChallengeStage.Straight() with { MouthOpening = float.PositiveInfinity }, 10));
        Assert.Equal([Movement.OpenMouth], See(ChallengeStage.Doing(Movement.OpenMouth), 3));
    }

    List<Movement> See(FaceLook look, int frames)
    {
        var begun = new List<Movement>();
        for (var i = 0; i < frames; i++)
        {
            _reader.See(look, _at += TimeSpan.FromMilliseconds(40));
            begun.AddRange(Enum.GetValues<Movement>().Where(_reader.Began));
        }

        return begun;
    }
}
