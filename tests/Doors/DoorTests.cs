using EdgeFace.Doors;
using EdgeFace.Matching;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Doors;

public sealed class DoorTests : IDisposable
{
    readonly DoorBench _bench = new(new DoorOptions(OpenSeconds: 5));

    Door Door => _bench.Door;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void It_starts_locked_and_says_nothing()
    {
        Assert.Equal(DoorState.Locked, Door.State);
        Assert.False(Door.Unlocked);
        Assert.False(_bench.Hardware.RelayEnergised);
        Assert.Empty(_bench.Events);
    }

    [Fact]
    public void A_grant_unlocks_at_once_and_time_alone_locks_again()
    {
        var somebody = SubjectId.New();

        Assert.Equal(new DoorGrantResult(DoorReply.Unlocked, 250, 1500), _bench.Grant(somebody, ageMs: 250));
        Assert.True(_bench.Hardware.RelayEnergised);
        Assert.Equal(DoorState.Unlocked, Door.State);
        var unlocked = _bench.Single(DoorEventKind.Unlocked);
        Assert.Equal((DoorReason.Grant, 250, 1500, somebody), (unlocked.Reason, unlocked.Value, unlocked.Limit, unlocked.Subject));

        _bench.Pass(4.98);
        Assert.True(Door.Unlocked);
        _bench.Pass(0.02);
        Assert.False(Door.Unlocked);
        Assert.False(_bench.Hardware.RelayEnergised);
        Assert.Equal(2, _bench.Hardware.RelayMoves);
        Assert.Equal((DoorEventKind.Locked, DoorReason.TimeUp, 5), (_bench.Last.Kind, _bench.Last.Reason, _bench.Last.Value));
    }

    [Fact]
    public void A_second_grant_keeps_it_open_for_the_whole_time_once_more_and_moves_nothing()
    {
        _bench.Grant();
        _bench.Pass(4);

        Assert.True(_bench.Grant().Opens);

        _bench.Pass(4.98);
        Assert.True(Door.Unlocked);
        _bench.Pass(0.02);
        Assert.False(Door.Unlocked);
        Assert.Equal([DoorEventKind.Unlocked, DoorEventKind.Prolonged, DoorEventKind.Locked], _bench.Kinds);
        Assert.Equal(2, _bench.Hardware.RelayMoves);
    }

    [Fact]
    public void A_stale_grant_is_refused_with_its_age_and_the_limit()
    {
        Assert.True(_bench.Grant(ageMs: 1500).Opens, "exactly the limit is allowed");
        _bench.Pass(5);

        Assert.Equal(new DoorGrantResult(DoorReply.Stale, 1501, 1500), _bench.Grant(ageMs: 1501));
        Assert.False(Door.Unlocked);
    }

    [Fact]
    public void A_stale_grant_does_not_prolong_either()
    {
        _bench.Grant();
        _bench.Pass(4);

        Assert.Equal(DoorReply.Stale, _bench.Grant(ageMs: 1600).Reply);

        _bench.Pass(1);
        Assert.False(Door.Unlocked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public void A_grant_from_the_future_is_refused(double ms)
    {
        Assert.Equal(new DoorGrantResult(DoorReply.FromFuture, -ms, 0), _bench.Grant(ageMs: -ms));
        Assert.False(Door.Unlocked);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void A_grant_with_a_time_that_is_none_is_refused(long capturedAt)
    {
        Assert.False(Door.Grant(new DoorGrant(null, capturedAt, TrackPresent: true)).Opens);
        Assert.False(Door.Unlocked);
    }

    [Fact]
    public void A_grant_whose_track_has_left_is_refused()
    {
        Assert.Equal(DoorReply.TrackLeft, _bench.Grant(present: false).Reply);
        Assert.False(Door.Unlocked);
    }

    [Fact]
    public void What_nobody_filled_in_refuses()
    {
        Assert.False(default(DoorGrantResult).Opens);
        Assert.False(Door.Grant(default).Opens);
        Assert.False(Door.Unlocked);
    }

    [Fact]
    public void Every_refusal_says_what_to_do()
    {
        foreach (var reply in Enum.GetValues<DoorReply>())
            Assert.True(new DoorGrantResult(reply, 7, 8).Explanation.Length > 10, reply.ToString());
        Assert.Contains("1700 ms old, 1500 ms are allowed", _bench.Grant(ageMs: 1700).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_who_needs_longer_gets_longer()
    {
        _bench.Grant(extended: true);
        _bench.Pass(14.98);
        Assert.True(Door.Unlocked);
        _bench.Pass(0.02);
        Assert.False(Door.Unlocked);
    }

    [Fact]
    public void A_shorter_grant_does_not_shorten_a_longer_one()
    {
        _bench.Grant(extended: true);
        _bench.Grant();
        _bench.Pass(14.98);
        Assert.True(Door.Unlocked);
    }

    [Fact]
    public void The_wall_clock_may_jump_and_moves_no_door()
    {
        var time = new SkewedTime();
        using var bench = new DoorBench(new DoorOptions(OpenSeconds: 5), time: time);
        bench.Grant();
        bench.Pass(2);

        time.Skew = TimeSpan.FromDays(3650);
        bench.Door.Poll();
        Assert.True(bench.Door.Unlocked);
        time.Skew = TimeSpan.FromDays(-20_000);
        bench.Pass(2.98);
        Assert.True(bench.Door.Unlocked);
        bench.Pass(0.02);
        Assert.False(bench.Door.Unlocked);
        Assert.Equal(1971, bench.Last.At.Year);
    }

    /// <summary>A wall clock that somebody sets, beside time that goes on.</summary>
    sealed class SkewedTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
    {
        public TimeSpan Skew { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Skew;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }

    [Theory]
    [InlineData(FailMode.Secure, false)]
    [InlineData(FailMode.Safe, true)]
    public void Shut_down_leaves_the_declared_state_and_nothing_unlocks_it_afterwards(FailMode fail, bool released)
    {
        using var bench = new DoorBench(new DoorOptions(Fail: fail));
        bench.Grant();

        bench.Door.Shutdown();

        Assert.False(bench.Hardware.RelayEnergised);
        Assert.Equal(released, bench.Door.Unlocked);
        Assert.Equal(DoorReply.ShutDown, bench.Grant().Reply);
        bench.Door.Set(LockPriority.Emergency, LockCommand.Unlock);
        bench.Hardware.Inputs = new DoorInputs(RexPressed: true, Fire: true);
        bench.Pass(1);
        Assert.False(bench.Hardware.RelayEnergised);
        Assert.Equal(DoorEventKind.ShutDown, bench.Last.Kind);
    }

    [Fact]
    public void A_fail_safe_door_is_held_by_the_relay_and_unlocked_by_its_rest()
    {
        using var bench = new DoorBench(new DoorOptions(Fail: FailMode.Safe));
        Assert.True(bench.Hardware.RelayEnergised);
        Assert.False(bench.Door.Unlocked);

        bench.Grant();
        Assert.False(bench.Hardware.RelayEnergised);
        Assert.True(bench.Door.Unlocked);
        bench.Pass(5);
        Assert.True(bench.Hardware.RelayEnergised);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused_with_both_values()
    {
        var longer = Assert.Throws<ArgumentException>(() => new DoorBench(new DoorOptions(OpenSeconds: 20, ExtendedSeconds: 10)));
        Assert.Contains("extended_seconds is 10 and open_seconds 20", longer.Message, StringComparison.Ordinal);
        var warning = Assert.Throws<ArgumentException>(() => new DoorBench(new DoorOptions(HeldOpenSeconds: 5, PreAlarmSeconds: 5)));
        Assert.Contains("pre_alarm_seconds is 5 and held_open_seconds 5", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_calls_the_door_hears_everything_in_order()
    {
        var heard = new List<DoorEventKind>();
        Door? door = null;
        using var hardware = new SimulatedDoorHardware(_bench.Time);
        using var made = door = new Door("talkative", new DoorOptions(), hardware, _bench.Time, what =>
        {
            heard.Add(what.Kind);
            if (what.Kind is DoorEventKind.Unlocked) door?.Set(LockPriority.Operator, LockCommand.Lock);
        });

        door.Grant(new DoorGrant(null, _bench.Ago(0), TrackPresent: true));

        Assert.Equal([DoorEventKind.Locked, DoorEventKind.Unlocked, DoorEventKind.LockOrdered, DoorEventKind.Locked], heard);
        Assert.False(door.Unlocked);
    }

    [Fact]
    public void Words_are_those_of_the_journal()
    {
        Assert.Equal("held-open", DoorEventKind.HeldOpen.Code());
        Assert.Equal("track-left", DoorReply.TrackLeft.Code());
        Assert.Equal("time-up", DoorReason.TimeUp.Code());
        Assert.True(DoorEventKind.Forced.IsAlarm());
        Assert.False(DoorEventKind.Opened.IsAlarm());
    }

    [Fact]
    public void A_poll_of_a_quiet_door_allocates_nothing()
    {
        _bench.Pass(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var poll = 0; poll < 1000; poll++) Door.Poll();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
