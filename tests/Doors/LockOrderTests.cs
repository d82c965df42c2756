using EdgeFace.Doors;
using Xunit;

namespace EdgeFace.Tests.Doors;

public sealed class LockOrderTests : IDisposable
{
    readonly DoorBench _bench = new();

    Door Door => _bench.Door;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(LockPriority.Scheduled, DoorReason.Schedule)]
    [InlineData(LockPriority.Operator, DoorReason.Operator)]
    [InlineData(LockPriority.Emergency, DoorReason.Emergency)]
    public void An_order_unlocks_until_it_is_released(LockPriority priority, DoorReason reason)
    {
        Door.Set(priority, LockCommand.Unlock);
        _bench.Pass(100);
        Assert.True(_bench.Hardware.RelayEnergised);
        Assert.Equal(reason, _bench.Single(DoorEventKind.Unlocked).Reason);

        Door.Set(priority, LockCommand.Release);
        Assert.False(_bench.Hardware.RelayEnergised);
        Assert.Equal(DoorReason.Ordered, _bench.Single(DoorEventKind.Locked).Reason);
        Assert.Equal(reason, _bench.Single(DoorEventKind.OrderEnded).Reason);
    }

    [Fact]
    public void The_higher_priority_rules_and_the_lower_one_is_not_forgotten()
    {
        Door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        Assert.True(Door.Unlocked);
        Door.Set(LockPriority.Operator, LockCommand.Lock);
        Assert.False(Door.Unlocked);
        Door.Set(LockPriority.Emergency, LockCommand.Unlock);
        Assert.True(Door.Unlocked);
        Door.Set(LockPriority.Scheduled, LockCommand.Lock);
        Assert.True(Door.Unlocked);
        Door.Set(LockPriority.Emergency, LockCommand.Release);
        Assert.False(Door.Unlocked);
        Door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        Assert.False(Door.Unlocked);
        Door.Set(LockPriority.Operator, LockCommand.Release);
        Assert.True(Door.Unlocked);
    }

    [Fact]
    public void A_timed_override_ends_by_itself_and_gives_back_to_the_schedule()
    {
        Door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        Door.Set(LockPriority.Operator, LockCommand.Lock, TimeSpan.FromSeconds(10));
        Assert.Equal(10, _bench.Single(DoorEventKind.LockOrdered).Value);
        _bench.Pass(9.98);
        Assert.False(Door.Unlocked);
        _bench.Pass(0.02);
        Assert.True(Door.Unlocked);
        Assert.Equal((DoorReason.TimeUp, "operator"),
            (_bench.Single(DoorEventKind.OrderEnded).Reason, _bench.Single(DoorEventKind.OrderEnded).Detail));

        Door.Set(LockPriority.Operator, LockCommand.Unlock, TimeSpan.MaxValue);
        _bench.Pass(1);
        Assert.True(Door.Unlocked);
    }

    [Fact]
    public void A_lockdown_ends_a_running_grant_and_refuses_every_other()
    {
        _bench.Grant();
        Door.Set(LockPriority.Emergency, LockCommand.Lock);
        Assert.False(_bench.Hardware.RelayEnergised);
        Assert.Equal(DoorReason.Lockdown, _bench.Single(DoorEventKind.Locked).Reason);
        Assert.Contains(DoorEventKind.Lockdown, _bench.Kinds);

        Assert.Equal(DoorReply.Lockdown, _bench.Grant().Reply);
        Door.Set(LockPriority.Operator, LockCommand.Unlock);
        Assert.False(_bench.Hardware.RelayEnergised);

        Door.Set(LockPriority.Operator, LockCommand.Release);
        Door.Set(LockPriority.Emergency, LockCommand.Release);
        Assert.Contains(DoorEventKind.LockdownEnded, _bench.Kinds);
        Assert.False(_bench.Hardware.RelayEnergised, "the grant that the lockdown ended does not come back");
        Assert.True(_bench.Grant().Opens);
    }

    [Theory]
    [InlineData(LockPriority.Scheduled)]
    [InlineData(LockPriority.Operator)]
    public void A_door_that_is_held_locked_refuses_grants(LockPriority priority)
    {
        Door.Set(priority, LockCommand.Lock);
        Assert.Equal(DoorReply.HeldLocked, _bench.Grant().Reply);
        Assert.DoesNotContain(DoorEventKind.Lockdown, _bench.Kinds);
        Assert.False(Door.Unlocked);
    }

    [Fact]
    public void People_get_out_of_a_lockdown()
    {
        Door.Set(LockPriority.Emergency, LockCommand.Lock);
        _bench.PressRex();
        Assert.True(_bench.Hardware.RelayEnergised);
        Assert.Equal(DoorReply.Lockdown, _bench.Grant().Reply);
        _bench.LetGoRex();
        _bench.Open();
        _bench.Close();
        Assert.False(_bench.Hardware.RelayEnergised);
        Assert.DoesNotContain(DoorEventKind.Forced, _bench.Kinds);
    }

    [Fact]
    public void Where_the_house_wants_it_nobody_gets_out_of_a_lockdown_either()
    {
        using var bench = new DoorBench(new DoorOptions(RexInLockdown: false));
        bench.PressRex();
        Assert.True(bench.Hardware.RelayEnergised);
        bench.Door.Set(LockPriority.Emergency, LockCommand.Lock);
        Assert.False(bench.Hardware.RelayEnergised);
        bench.LetGoRex();
        bench.PressRex();
        Assert.False(bench.Hardware.RelayEnergised);
        Assert.Equal(DoorReason.Lockdown, bench.Single(DoorEventKind.RexRefused).Reason);
    }

    [Fact]
    public void Fire_releases_even_a_lockdown_and_stays_until_an_operator_resets_it()
    {
        Door.Set(LockPriority.Emergency, LockCommand.Lock);
        _bench.Move(inputs => inputs with { Fire = true });
        Assert.True(_bench.Hardware.RelayEnergised);
        Assert.Equal(DoorReason.Fire, _bench.Single(DoorEventKind.Unlocked).Reason);

        Assert.False(Door.Reset(), "the fire is still there");
        Assert.True(_bench.Hardware.RelayEnergised);
        _bench.Pass(10);
        _bench.Move(inputs => inputs with { Fire = false });
        _bench.Pass(3600);
        Assert.True(_bench.Hardware.RelayEnergised);
        Assert.InRange(_bench.Single(DoorEventKind.FireInputEnded).Value, 10, 10.1);

        Assert.True(Door.Reset());
        Assert.False(_bench.Hardware.RelayEnergised);
        Assert.Contains(DoorEventKind.FireReset, _bench.Kinds);
        Assert.Equal(DoorReply.Lockdown, _bench.Grant().Reply);
    }

    [Fact]
    public void A_door_that_is_unlocked_by_order_or_fire_may_stand_open()
    {
        Door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        _bench.Open();
        _bench.Pass(3600);
        Assert.Equal(DoorState.Open, Door.State);
        Assert.DoesNotContain(DoorEventKind.HeldOpen, _bench.Kinds);

        Door.Set(LockPriority.Scheduled, LockCommand.Release);
        _bench.Pass(29);
        Assert.Equal(DoorState.Open, Door.State);
        _bench.Pass(1);
        Assert.Equal(DoorState.HeldOpen, Door.State);
        Door.Set(LockPriority.Operator, LockCommand.Unlock);
        Assert.Equal(DoorState.Open, Door.State);
        Assert.Equal(DoorReason.Operator, _bench.Single(DoorEventKind.HeldOpenEnded).Reason);
    }

    [Fact]
    public void A_lockdown_locks_a_door_that_stands_open_as_soon_as_it_closes()
    {
        _bench.Grant();
        _bench.Open();
        Door.Set(LockPriority.Emergency, LockCommand.Lock);
        Assert.Equal((DoorState.Open, false), (Door.State, _bench.Hardware.RelayEnergised));
        _bench.Close();
        Assert.Equal(DoorState.Locked, Door.State);
    }

    [Fact]
    public void Tampering_ends_a_grant_and_blocks_others_until_some_time_after()
    {
        _bench.Grant();
        _bench.Move(inputs => inputs with { Tampered = true });
        Assert.False(_bench.Hardware.RelayEnergised);
        Assert.Equal(DoorReason.Tamper, _bench.Single(DoorEventKind.Locked).Reason);
        Assert.Equal(DoorReply.Tampered, _bench.Grant().Reply);

        _bench.Pass(10);
        _bench.Move(inputs => inputs with { Tampered = false });
        Assert.InRange(_bench.Single(DoorEventKind.TamperEnded).Value, 10, 10.1);
        Assert.Equal(60, _bench.Single(DoorEventKind.TamperEnded).Limit);
        _bench.Pass(59.9);
        Assert.Equal(DoorReply.Tampered, _bench.Grant().Reply);
        _bench.Pass(0.1);
        Assert.True(_bench.Grant().Opens);
    }

    [Fact]
    public void An_operator_ends_the_block_but_not_the_tampering()
    {
        _bench.Move(inputs => inputs with { Tampered = true });
        Assert.False(Door.Reset());
        Assert.Equal(DoorReply.Tampered, _bench.Grant().Reply);
        _bench.Move(inputs => inputs with { Tampered = false });
        Assert.True(Door.Reset());
        Assert.True(_bench.Grant().Opens);
    }

    [Fact]
    public void Where_tampering_is_only_reported_grants_go_on()
    {
        using var bench = new DoorBench(new DoorOptions(Tamper: TamperAction.Report));
        bench.Move(inputs => inputs with { Tampered = true });
        Assert.Contains(DoorEventKind.Tampered, bench.Kinds);
        Assert.True(bench.Grant().Opens);
    }
}
