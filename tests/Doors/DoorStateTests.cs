using EdgeFace.Doors;
using EdgeFace.Matching;
using Xunit;

namespace EdgeFace.Tests.Doors;

/// <summary>Every way from one state of a door to another.</summary>
public sealed class DoorStateTests
{
    [Fact]
    public void Granted_opened_closed_it_locks_on_closing()
    {
        using var bench = new DoorBench();
        var somebody = SubjectId.New();
        bench.Grant(somebody);
        bench.Pass(1);

        bench.Open();
        Assert.Equal(DoorState.Open, bench.Door.State);
        Assert.True(bench.Door.Unlocked);
        var opened = bench.Single(DoorEventKind.Opened);
        Assert.Equal((DoorReason.Grant, somebody), (opened.Reason, opened.Subject));

        bench.Close();
        Assert.Equal(DoorState.Locked, bench.Door.State);
        Assert.False(bench.Hardware.RelayEnergised);
        Assert.Equal(
            [DoorEventKind.Unlocked, DoorEventKind.Opened, DoorEventKind.Closed, DoorEventKind.Locked], bench.Kinds);
        Assert.Equal(DoorReason.Closed, bench.Last.Reason);
    }

    [Fact]
    public void How_it_stands_is_told_as_it_begins()
    {
        using var bench = new DoorBench();
        var told = Assert.Single(bench.Begun);
        Assert.Equal((DoorEventKind.Locked, DoorReason.Start), (told.Kind, told.Reason));

        bench.Pass(1);
        Assert.Empty(bench.Events); // once
    }

    [Fact]
    public void It_locks_on_opening_where_that_is_asked_for()
    {
        using var bench = new DoorBench(new DoorOptions(Relock: RelockMode.OnOpen));
        bench.Grant();
        bench.Open();

        Assert.False(bench.Hardware.RelayEnergised);
        Assert.Equal(DoorState.Open, bench.Door.State);
        Assert.Equal(DoorReason.Opened, bench.Single(DoorEventKind.Locked).Reason);
        bench.Close();
        Assert.Equal(DoorState.Locked, bench.Door.State);
        Assert.DoesNotContain(DoorEventKind.Forced, bench.Kinds);
    }

    [Fact]
    public void It_locks_by_time_alone_where_that_is_asked_for()
    {
        using var bench = new DoorBench(new DoorOptions(Relock: RelockMode.ByTime));
        bench.Grant();
        bench.Open();
        bench.Close();
        Assert.Equal(DoorState.Unlocked, bench.Door.State);
        bench.Pass(5);
        Assert.Equal((DoorState.Locked, DoorReason.TimeUp), (bench.Door.State, bench.Last.Reason));
    }

    [Fact]
    public void Standing_open_it_warns_and_then_alarms_and_closing_ends_it()
    {
        using var bench = new DoorBench(new DoorOptions(HeldOpenSeconds: 30, PreAlarmSeconds: 10));
        bench.Grant();
        bench.Open();

        bench.Pass(19.9);
        Assert.DoesNotContain(DoorEventKind.HeldWarning, bench.Kinds);
        bench.Pass(0.1);
        var warned = bench.Single(DoorEventKind.HeldWarning);
        Assert.Equal((20, 30), (warned.Value, warned.Limit), new Near(0.021));
        bench.Pass(10);
        Assert.Equal(DoorState.HeldOpen, bench.Door.State);
        var held = bench.Single(DoorEventKind.HeldOpen);
        Assert.Equal((30, 30), (held.Value, held.Limit), new Near(0.021));
        bench.Pass(60);

        bench.Close();
        Assert.Equal(DoorState.Locked, bench.Door.State);
        Assert.Equal(DoorReason.Closed, bench.Single(DoorEventKind.HeldOpenEnded).Reason);
        Assert.Equal(90, bench.Single(DoorEventKind.Closed).Value, 0.1);
    }

    [Fact]
    public void Somebody_who_needs_longer_may_hold_it_longer()
    {
        using var bench = new DoorBench(new DoorOptions(OpenSeconds: 5, ExtendedSeconds: 15, HeldOpenSeconds: 30));
        bench.Grant(extended: true);
        bench.Open();
        bench.Pass(39.9);
        Assert.Equal(DoorState.Open, bench.Door.State);
        bench.Pass(0.1);
        Assert.Equal(DoorState.HeldOpen, bench.Door.State);
    }

    [Fact]
    public void Another_who_passes_ends_the_alarm_and_starts_its_time_anew()
    {
        using var bench = new DoorBench();
        bench.Grant();
        bench.Open();
        bench.Pass(31);
        Assert.Equal(DoorState.HeldOpen, bench.Door.State);

        bench.Grant();
        Assert.Equal(DoorState.Open, bench.Door.State);
        Assert.Equal(DoorReason.Grant, bench.Single(DoorEventKind.HeldOpenEnded).Reason);
        bench.Pass(29);
        Assert.Equal(DoorState.Open, bench.Door.State);
        bench.Pass(1);
        Assert.Equal(DoorState.HeldOpen, bench.Door.State);
    }

    [Fact]
    public void Opened_without_a_reason_it_is_forced_until_it_is_closed()
    {
        using var bench = new DoorBench();

        bench.Open();
        Assert.Equal([DoorEventKind.Opened, DoorEventKind.Forced], bench.Kinds);
        Assert.Equal(DoorState.Forced, bench.Door.State);
        Assert.False(bench.Hardware.RelayEnergised);

        bench.Grant();
        Assert.Equal(DoorState.Forced, bench.Door.State);
        bench.Close();
        Assert.Equal(DoorState.Locked, bench.Door.State);
        Assert.Equal(DoorReason.Closed, bench.Single(DoorEventKind.ForcedEnded).Reason);
    }

    [Fact]
    public void An_operator_ends_the_alarm_of_a_forced_door_that_still_stands_open()
    {
        using var bench = new DoorBench();
        bench.Open();

        Assert.True(bench.Door.Reset());
        Assert.Equal(DoorState.Open, bench.Door.State);
        Assert.Equal(DoorReason.Operator, bench.Single(DoorEventKind.ForcedEnded).Reason);
        bench.Pass(30);
        Assert.Equal(DoorState.HeldOpen, bench.Door.State);
    }

    [Fact]
    public void An_exit_sensor_that_is_slow_to_tell_is_waited_for()
    {
        using var bench = new DoorBench(new DoorOptions(ForcedDelaySeconds: 1));
        bench.Open();
        bench.Pass(0.5);
        Assert.Equal(DoorState.Open, bench.Door.State);

        bench.PressRex();
        bench.LetGoRex();
        bench.Pass(5);
        Assert.DoesNotContain(DoorEventKind.Forced, bench.Kinds);
        bench.Close();

        bench.Pass(5);
        bench.Open();
        bench.Pass(1);
        Assert.Contains(DoorEventKind.Forced, bench.Kinds);
    }

    [Fact]
    public void A_door_that_rebounds_from_its_frame_is_not_forced_and_one_opened_later_is()
    {
        using var bench = new DoorBench(new DoorOptions(OpenGraceMs: 500));
        bench.Grant();
        bench.Open();
        bench.Close();
        bench.Open();
        Assert.Equal(DoorState.Open, bench.Door.State);
        bench.Close();
        bench.Pass(1);

        bench.Open();
        Assert.Equal(DoorState.Forced, bench.Door.State);
    }

    [Fact]
    public void A_door_found_open_at_the_start_is_open_and_not_forced()
    {
        using var bench = new DoorBench();
        using var hardware = new SimulatedDoorHardware { Inputs = new DoorInputs(ContactOpen: true) };
        var events = new List<DoorEvent>();
        using var door = new Door("late", new DoorOptions(), hardware, bench.Time, events.Add);

        door.Poll();

        Assert.Equal(DoorState.Open, door.State);
        Assert.False(door.Unlocked);
        Assert.Equal([(DoorEventKind.Locked, DoorReason.Start), (DoorEventKind.Opened, DoorReason.Start)], events.Select(told => (told.Kind, told.Reason)));
    }

    [Fact]
    public void A_door_without_a_contact_locks_by_time_and_raises_no_alarm()
    {
        using var bench = new DoorBench(new DoorOptions(HasContact: false));
        bench.Open();
        bench.Pass(60);
        Assert.Empty(bench.Events);
        bench.Grant();
        bench.Close();
        Assert.Equal(DoorState.Unlocked, bench.Door.State);
        bench.Pass(5);
        Assert.Equal(DoorState.Locked, bench.Door.State);
    }

    [Fact]
    public void A_request_to_exit_unlocks_for_the_open_time_and_as_long_as_it_is_held()
    {
        using var bench = new DoorBench();
        bench.PressRex();
        Assert.True(bench.Hardware.RelayEnergised);
        Assert.Equal([DoorEventKind.RexPressed, DoorEventKind.Unlocked], bench.Kinds);
        bench.Pass(10);
        Assert.True(bench.Hardware.RelayEnergised);
        bench.LetGoRex();
        Assert.False(bench.Hardware.RelayEnergised);

        bench.PressRex();
        bench.LetGoRex();
        bench.Pass(4.9);
        Assert.True(bench.Hardware.RelayEnergised);
        bench.Pass(0.1);
        Assert.False(bench.Hardware.RelayEnergised);
    }

    [Fact]
    public void A_button_that_is_jammed_is_reported_and_no_longer_unlocks()
    {
        using var bench = new DoorBench(new DoorOptions(RexHeldSeconds: 30));
        bench.PressRex();
        bench.Pass(29.9);
        Assert.True(bench.Hardware.RelayEnergised);
        bench.Pass(0.1);
        Assert.False(bench.Hardware.RelayEnergised);
        Assert.Equal(30, bench.Single(DoorEventKind.RexStuck).Limit);
        bench.LetGoRex();
        bench.PressRex();
        Assert.True(bench.Hardware.RelayEnergised);
    }

    [Fact]
    public void A_request_that_only_shunts_moves_no_relay_and_excuses_the_opening()
    {
        using var bench = new DoorBench(new DoorOptions(Rex: RexAction.Shunt));
        bench.PressRex();
        bench.LetGoRex();
        bench.Open();
        Assert.Equal(DoorState.Open, bench.Door.State);
        Assert.Equal(DoorReason.Rex, bench.Single(DoorEventKind.Opened).Reason);
        Assert.Equal(0, bench.Hardware.RelayMoves);
        bench.Close();
        bench.Pass(6);
        bench.Open();
        Assert.Equal(DoorState.Forced, bench.Door.State);
    }

    [Fact]
    public void A_door_without_a_button_does_not_listen_to_the_line()
    {
        using var bench = new DoorBench(new DoorOptions(HasRex: false));
        bench.PressRex();
        bench.Pass(1);
        Assert.Empty(bench.Events);
    }

    sealed class Near(double by) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) one, (double, double) other) =>
            Math.Abs(one.Item1 - other.Item1) <= by && Math.Abs(one.Item2 - other.Item2) <= by;

        public int GetHashCode((double, double) one) => 0;
    }
}
