using EdgeFace.Doors;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Doors;

/// <summary>Doors of which one may be open at a time.</summary>
public sealed class InterlockTests : IDisposable
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    readonly DoorBench _outer;
    readonly DoorBench _inner;

    public InterlockTests()
    {
        var interlock = new Interlock();
        _outer = new DoorBench(new DoorOptions(), interlock, _time, "outer");
        _inner = new DoorBench(new DoorOptions(), interlock, _time, "inner");
    }

    public void Dispose()
    {
        _outer.Dispose();
        _inner.Dispose();
    }

    [Fact]
    public void A_door_unlocks_only_after_the_other_is_closed_and_locked()
    {
        Assert.True(_outer.Grant().Opens);
        Assert.Equal(new DoorGrantResult(DoorReply.Interlocked, 1), _inner.Grant());
        _outer.Open();
        Assert.Equal(DoorReply.Interlocked, _inner.Grant().Reply);
        Assert.True(_outer.Grant().Opens, "its own door may be granted again");
        _outer.Close();
        _outer.Pass(0.1);
        Assert.True(_inner.Grant().Opens);
        Assert.Equal(DoorReply.Interlocked, _outer.Grant().Reply);
    }

    [Fact]
    public void A_door_that_is_forced_open_holds_the_others_locked()
    {
        _outer.Open();
        Assert.Equal(DoorState.Forced, _outer.Door.State);
        Assert.Equal(DoorReply.Interlocked, _inner.Grant().Reply);
    }

    [Fact]
    public void A_relay_that_does_not_fall_holds_the_others_locked()
    {
        _outer.Grant();
        _outer.Hardware.RelayStuck = true;
        _outer.Pass(10);
        Assert.Equal(DoorState.Locked, _outer.Door.State);
        Assert.Equal(DoorReply.Interlocked, _inner.Grant().Reply);
    }

    [Fact]
    public void A_door_that_does_not_answer_holds_the_others_locked()
    {
        _outer.Hardware.Fault = new IOException("gone");
        _outer.Pass(0.1);
        Assert.Equal(DoorReply.Interlocked, _inner.Grant().Reply);
        _outer.Hardware.Fault = null;
        _outer.Pass(1);
        Assert.True(_inner.Grant().Opens);
    }

    [Fact]
    public void A_request_to_exit_waits_for_the_other_door_too()
    {
        _outer.Grant();
        _inner.PressRex();
        Assert.False(_inner.Door.Unlocked);
        Assert.Equal((DoorReason.Interlock, 1),
            (_inner.Single(DoorEventKind.RexRefused).Reason, _inner.Single(DoorEventKind.RexRefused).Value));
    }

    [Fact]
    public void An_order_to_unlock_waits_until_it_may()
    {
        _outer.Grant();
        _inner.Door.Set(LockPriority.Scheduled, LockCommand.Unlock);
        _inner.Pass(1);
        Assert.False(_inner.Door.Unlocked);
        Assert.Equal(1, _inner.Single(DoorEventKind.Interlocked).Value);
        _outer.Pass(5);
        _inner.Pass(0.1);
        Assert.True(_inner.Door.Unlocked);
    }

    [Fact]
    public void Fire_and_emergency_ask_no_other_door()
    {
        _outer.Move(inputs => inputs with { Fire = true });
        _inner.Move(inputs => inputs with { Fire = true });
        Assert.True(_outer.Door.Unlocked && _inner.Door.Unlocked);
        Assert.Equal(DoorReply.Interlocked, new DoorBench(new DoorOptions(), Joined(), _time).Grant().Reply);

        Interlock Joined()
        {
            var interlock = new Interlock();
            interlock.Join("held").Take();
            return interlock;
        }
    }

    [Fact]
    public void An_interlock_takes_only_so_many_doors()
    {
        var interlock = new Interlock();
        for (var door = 0; door < Interlock.DoorsMax; door++) interlock.Join($"door {door}");
        var fault = Assert.Throws<ArgumentException>(() => interlock.Join("ninth"));
        Assert.Contains("Door ninth is one too many for its interlock, which takes 8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doors_granted_and_polled_on_many_threads_never_wait_for_each_other_and_never_unlock_together()
    {
        var interlock = new Interlock();
        var wires = Enumerable.Range(0, 4).Select(_ => new SimulatedDoorHardware(TimeProvider.System)).ToArray();
        var doors = wires.Select((hardware, index) => new Door($"door {index}", new DoorOptions(OpenSeconds: 255, ExtendedSeconds: 255),
            hardware, TimeProvider.System, _ => { }, interlock)).ToArray();
        var together = 0;
        var opened = 0;

        // The door that wins is opened and closed, so that the seat goes round; two at once would be seen at the relays.
        await Task.WhenAll(doors.Select((door, index) => Task.Factory.StartNew(() =>
        {
            for (var round = 0; round < 3000; round++)
            {
                if (door.Grant(new DoorGrant(null, TimeProvider.System.GetTimestamp(), TrackPresent: true)).Opens)
                {
                    Interlocked.Increment(ref opened);
                    if (wires.Count(one => one.RelayEnergised) > 1) Interlocked.Increment(ref together);
                    door.Set(LockPriority.Operator, LockCommand.Lock);
                    door.Set(LockPriority.Operator, LockCommand.Release);
                }

                door.Poll();
                door.Poll();
                _ = doors[(index + 1) % doors.Length].Status;
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(0, together);
        Assert.True(opened > 100, $"{opened} grants");
        foreach (var door in doors) door.Dispose();
    }
}
