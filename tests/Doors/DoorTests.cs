using EdgeFace.Access;
using EdgeFace.Doors;
using EdgeFace.Matching;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Doors;

public sealed class DoorTests
{
    static readonly AccessDecision Granted = AccessDecision.Grant(SubjectId.New(), 0.7f, 0.5f);

    readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_starts_locked() => Assert.False(Door().Unlocked);

    [Fact]
    public void A_grant_unlocks_and_time_alone_locks_again()
    {
        var door = Door();

        door.Obey(Granted);
        Assert.True(door.Unlocked);
        _time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.True(door.Unlocked);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(door.Unlocked);
    }

    [Theory]
    [InlineData(DenyReason.NotDecided)]
    [InlineData(DenyReason.Spoof)]
    [InlineData(DenyReason.Unknown)]
    [InlineData(DenyReason.Expired)]
    public void A_denial_neither_unlocks_nor_shortens(DenyReason reason)
    {
        var (shut, open) = (Door(), Door());
        open.Obey(Granted);
        _time.Advance(TimeSpan.FromSeconds(2));

        shut.Obey(AccessDecision.Deny(reason, 1, 0));
        open.Obey(AccessDecision.Deny(reason, 1, 0));

        Assert.False(shut.Unlocked);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.True(open.Unlocked);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(open.Unlocked, "and it does not lengthen");
    }

    [Fact]
    public void A_second_grant_keeps_it_open_for_the_whole_time_once_more()
    {
        var door = Door();
        door.Obey(Granted);
        _time.Advance(TimeSpan.FromSeconds(4));

        door.Obey(Granted);

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(door.Unlocked);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(door.Unlocked);
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_hold_the_door_open()
    {
        var door = Door();
        door.Obey(Granted);

        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(1));
        Assert.True(door.Unlocked, "wall time is not asked");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(door.Unlocked);
    }

    Door Door() => new(new DoorOptions(OpenSeconds: 5), _time);
}
