using EdgeFace.Doors;
using Xunit;

namespace EdgeFace.Tests.Doors;

/// <summary>Wires that fail, relays that do not move, contacts that chatter.</summary>
public sealed class DoorFaultTests
{
    [Fact]
    public void Hardware_that_fails_is_one_event_refuses_grants_and_comes_back_locked()
    {
        using var bench = new DoorBench();
        bench.Grant();
        bench.Hardware.Fault = new IOException("no answer from line 5");
        bench.Pass(3);

        var fault = bench.Single(DoorEventKind.HardwareFault);
        Assert.Equal("no answer from line 5", fault.Detail);
        Assert.Equal(DoorReason.Fault, bench.Single(DoorEventKind.Locked).Reason);
        Assert.True(bench.Door.Status.Faulted);
        Assert.Equal(DoorReply.Faulted, bench.Grant().Reply);

        bench.Hardware.Fault = null;
        bench.Pass(5);
        Assert.False(bench.Hardware.RelayEnergised, "the grant of before the fault is over");
        Assert.True(bench.Single(DoorEventKind.HardwareFaultEnded).Value >= 3);
        Assert.False(bench.Door.Status.Faulted);
        Assert.True(bench.Grant().Opens);
        Assert.True(bench.Hardware.RelayEnergised);
    }

    [Fact]
    public void Hardware_that_fails_is_asked_again_ever_more_rarely_and_at_least_every_five_seconds()
    {
        using var bench = new DoorBench();
        using var hardware = new CountedFault();
        using var door = new Door("lost", new DoorOptions(), hardware, bench.Time, _ => { });
        for (var poll = 0; poll < 50 * 60; poll++)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(20));
            door.Poll();
        }

        // 0.1, 0.2, ... 3.2 s and then every 5 s: in a minute about 17 times, and not 3000.
        Assert.InRange(hardware.Asked, 14, 20);
    }

    [Fact]
    public void Wires_that_can_be_read_and_not_written_are_one_fault_and_come_back_when_they_can()
    {
        using var bench = new DoorBench();
        using var hardware = new PartlyFaulty();
        var (door, events) = On(hardware, bench);
        hardware.Writes = hardware.ReadsBack = new IOException("the line is another's");
        Pass(bench, door, 60);
        Assert.Equal([DoorEventKind.HardwareFault], events);
        Assert.True(door.Status.Faulted);
        Assert.Equal(DoorReply.Faulted, door.Grant(new DoorGrant(null, bench.Ago(0), TrackPresent: true)).Reply);

        hardware.Writes = hardware.ReadsBack = null;
        Pass(bench, door, 6);
        Assert.Equal([DoorEventKind.HardwareFault, DoorEventKind.HardwareFaultEnded], events);
        Assert.True(door.Grant(new DoorGrant(null, bench.Ago(0), TrackPresent: true)).Opens);
    }

    [Fact]
    public void A_relay_that_cannot_be_read_back_does_not_click_while_the_door_should_be_unlocked()
    {
        using var bench = new DoorBench();
        using var hardware = new PartlyFaulty();
        var (door, events) = On(hardware, bench);
        door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        hardware.ReadsBack = new IOException("no answer");
        Pass(bench, door, 60);

        Assert.Equal(2, hardware.Moves); // unlocked by the order, at rest for the fault
        Assert.Single(events, kind => kind is DoorEventKind.HardwareFault);
        hardware.ReadsBack = null;
        Pass(bench, door, 6);
        Assert.True(hardware.Energised);
    }

    [Fact]
    public void A_relay_that_fails_whenever_it_is_energised_is_tried_ever_more_rarely_until_it_has_been_good_for_a_while()
    {
        using var bench = new DoorBench();
        using var hardware = new PartlyFaulty { Energising = new IOException("no current") };
        var (door, events) = On(hardware, bench);
        door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        Pass(bench, door, 60);
        Assert.InRange(events.Count(kind => kind is DoorEventKind.HardwareFault), 14, 20);

        hardware.Energising = null;
        Pass(bench, door, 20);
        Assert.True(hardware.Energised);
        events.Clear();
        hardware.ReadsBack = new IOException("an instant");
        Pass(bench, door, 0.04);
        hardware.ReadsBack = null;
        Pass(bench, door, 0.2);
        Assert.Contains(DoorEventKind.HardwareFaultEnded, events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hardware_whose_every_answer_comes_late_is_one_fault_until_one_comes_in_time(bool fails)
    {
        using var bench = new DoorBench();
        using var hardware = new PartlyFaulty();
        var (door, events) = On(hardware, bench);
        hardware.Reading = () =>
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1.1));
            door.Stalled(TimeSpan.FromSeconds(1.1)); // as the loop says from outside
            if (fails) throw new IOException("timed out");
        };
        Pass(bench, door, 60);
        Assert.Single(events, kind => kind is DoorEventKind.HardwareStalled);
        Assert.Equal(fails ? 1 : 0, events.Count(kind => kind is DoorEventKind.HardwareFault));
        Assert.DoesNotContain(DoorEventKind.HardwareFaultEnded, events);

        hardware.Reading = null;
        Pass(bench, door, 10);
        Assert.Single(events, kind => kind is DoorEventKind.HardwareFaultEnded);
        Assert.False(door.Status.Faulted);
    }

    [Fact]
    public void A_fail_safe_door_whose_hardware_fails_counts_as_released()
    {
        using var bench = new DoorBench(new DoorOptions(Fail: FailMode.Safe));
        bench.Hardware.Fault = new IOException("gone");
        bench.Pass(0.1);
        Assert.True(bench.Door.Unlocked);
        bench.Hardware.Fault = null;
        bench.Pass(1);
        Assert.False(bench.Door.Unlocked);
        Assert.True(bench.Hardware.RelayEnergised);
    }

    [Fact]
    public void An_order_to_unlock_outlives_a_fault_and_a_fire_does_too()
    {
        using var bench = new DoorBench();
        bench.Door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        bench.Hardware.Fault = new IOException("gone");
        bench.Pass(1);
        Assert.False(bench.Door.Unlocked);
        bench.Hardware.Fault = null;
        bench.Pass(1);
        Assert.True(bench.Hardware.RelayEnergised);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_relay_that_does_not_move_is_a_fault_until_it_does(bool energised)
    {
        using var bench = new DoorBench();
        if (energised) bench.Grant();
        bench.Pass(0.1);
        bench.Hardware.RelayStuck = true;
        if (energised) bench.Pass(6);
        else bench.Door.Set(LockPriority.Operator, LockCommand.Unlock);
        bench.Pass(1);

        var fault = bench.Single(DoorEventKind.RelayFault);
        Assert.Equal(energised ? (1, 0) : (0, 1), (fault.Value, fault.Limit));
        bench.Door.Set(LockPriority.Operator, LockCommand.Release);
        Assert.Equal(DoorReply.Faulted, bench.Grant().Reply);

        bench.Hardware.RelayStuck = false;
        bench.Pass(0.1);
        Assert.Contains(DoorEventKind.RelayFaultEnded, bench.Kinds);
        Assert.False(bench.Hardware.RelayEnergised);
        Assert.True(bench.Grant().Opens);
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("10", 0)]
    [InlineData("1010101010101010", 0)]
    [InlineData("11", 1)]
    [InlineData("1011", 1)]
    [InlineData("101011111", 1)]
    [InlineData("11010111", 1)]
    public void A_contact_that_chatters_counts_when_it_was_steady(string samples, int opened)
    {
        using var bench = new DoorBench(new DoorOptions(DebounceMs: 20));
        foreach (var sample in samples)
        {
            bench.Hardware.Inputs = new DoorInputs(ContactOpen: sample == '1');
            bench.Pass(0.02);
        }

        Assert.Equal(opened, bench.Kinds.Count(kind => kind is DoorEventKind.Opened));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(100)]
    public void An_input_of_four_tenths_of_a_second_is_seen_at_every_setting(int debounceMs)
    {
        using var bench = new DoorBench(new DoorOptions(DebounceMs: debounceMs));
        bench.Hardware.Inputs = new DoorInputs(RexPressed: true);
        bench.Pass(0.4);
        bench.Hardware.Inputs = default;
        bench.Pass(0.4);
        Assert.Contains(DoorEventKind.RexPressed, bench.Kinds);
    }

    [Fact]
    public void A_fault_in_shutting_down_is_reported_and_hinders_nothing()
    {
        using var bench = new DoorBench();
        bench.Hardware.Fault = new IOException("gone");
        bench.Door.Shutdown();
        Assert.Equal((DoorEventKind.HardwareFault, "gone"), (bench.Last.Kind, bench.Last.Detail));
    }

    [Fact]
    public void Somebody_walks_through_a_simulated_door_each_time_it_is_unlocked()
    {
        using var bench = new DoorBench();
        using var hardware = new SimulatedDoorHardware(bench.Time, new SimulatedPassage(OpensAfterMs: 800, ClosesAfterMs: 2000));
        var kinds = new List<DoorEventKind>();
        using var door = new Door("walked", new DoorOptions(), hardware, bench.Time, what => kinds.Add(what.Kind));
        for (var visit = 0; visit < 2; visit++)
        {
            door.Grant(new DoorGrant(null, bench.Ago(0), TrackPresent: true));
            for (var poll = 0; poll < 50 * 5; poll++)
            {
                bench.Time.Advance(TimeSpan.FromMilliseconds(20));
                door.Poll();
            }
        }

        DoorEventKind[] visited = [DoorEventKind.Unlocked, DoorEventKind.Opened, DoorEventKind.Closed, DoorEventKind.Locked];
        Assert.Equal([DoorEventKind.Locked, .. visited, .. visited], kinds);
        Assert.Equal(4, hardware.RelayMoves);
    }

    static (Door Door, List<DoorEventKind> Events) On(PartlyFaulty hardware, DoorBench bench)
    {
        var events = new List<DoorEventKind>();
        var door = new Door("partly", new DoorOptions(HasContact: false, HasRex: false), hardware, bench.Time, what =>
        {
            if (what.Kind is DoorEventKind.HardwareFault or DoorEventKind.HardwareFaultEnded or DoorEventKind.HardwareStalled) events.Add(what.Kind);
        });
        door.Poll();
        return (door, events);
    }

    static void Pass(DoorBench bench, Door door, double seconds)
    {
        for (var poll = 0; poll < seconds * 1000 / DoorBench.PollMs; poll++)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(DoorBench.PollMs));
            door.Poll();
        }
    }

    /// <summary>A door with a relay alone, as the cheapest boards are wired: reading touches no wire and never fails.</summary>
    sealed class PartlyFaulty : IDoorHardware
    {
        public IOException? Writes { get; set; }

        public IOException? Energising { get; set; }

        public IOException? ReadsBack { get; set; }

        public bool Energised { get; private set; }

        public int Moves { get; private set; }

        public bool RelayEnergised => ReadsBack is { } fault ? throw fault : Energised;

        public void SetRelay(bool energised)
        {
            if ((energised ? Energising ?? Writes : Writes) is { } fault) throw fault;

            if (energised != Energised) Moves++;
            Energised = energised;
        }

        public Action? Reading { get; set; }

        public DoorInputs Read()
        {
            Reading?.Invoke();
            return default;
        }

        public void Dispose()
        {
        }
    }

    sealed class CountedFault : IDoorHardware
    {
        public int Asked { get; private set; }

        public bool RelayEnergised => throw new IOException("never");

        public void SetRelay(bool energised) => throw new IOException("never");

        public DoorInputs Read()
        {
            Asked++;
            throw new IOException("never");
        }

        public void Dispose()
        {
        }
    }
}
