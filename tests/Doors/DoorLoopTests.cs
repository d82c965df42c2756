using System.Collections.Concurrent;
using EdgeFace.Doors;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Doors;

public sealed class DoorLoopTests
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    readonly ConcurrentQueue<DoorEvent> _events = new();

    [Fact]
    public async Task Every_door_is_polled_at_every_tick_and_left_at_rest_at_the_end()
    {
        using var one = new SimulatedDoorHardware(_time);
        using var other = new SimulatedDoorHardware(_time);
        using var first = Door("one", one);
        using var second = Door("other", other);
        using var stop = new CancellationTokenSource();
        var running = new DoorLoop([first, second], new DoorLoopOptions(), _time).RunAsync(stop.Token);
        first.Set(LockPriority.Operator, LockCommand.Unlock);

        await TickUntil(() => one.Reads >= 10 && other.Reads >= 10);
        Assert.True(one.RelayEnergised);
        await stop.CancelAsync();
        await running;

        Assert.False(one.RelayEnergised);
        Assert.Equal(2, _events.Count(what => what.Kind is DoorEventKind.ShutDown));
    }

    [Fact]
    public async Task Hardware_that_hangs_stops_its_own_door_only_and_is_a_fault_until_it_comes_back()
    {
        using var hanging = new HangingHardware();
        using var sound = new SimulatedDoorHardware(_time);
        using var hung = Door("hung", hanging);
        using var free = Door("free", sound);
        using var stop = new CancellationTokenSource();
        var loop = new DoorLoop([hung, free], new DoorLoopOptions(), _time);
        var running = loop.RunAsync(stop.Token);
        hanging.Hang();

        await TickUntil(() => _events.Any(what => what.Kind is DoorEventKind.HardwareStalled));
        var reads = sound.Reads;
        await TickUntil(() => sound.Reads > reads + 20);
        Assert.True(free.Grant(Grant()).Opens);
        Assert.True(sound.RelayEnergised);
        Assert.Equal(DoorReply.Faulted, hung.Grant(Grant()).Reply);
        Assert.True(loop.Missed > 20);

        hanging.Release();
        await TickUntil(() => _events.Any(what => what.Kind is DoorEventKind.HardwareFaultEnded));
        Assert.True(hung.Grant(Grant()).Opens);
        await TickUntil(() => hanging.Energised);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_door_whose_program_fails_ends_the_loop_with_every_door_at_rest()
    {
        using var one = new SimulatedDoorHardware(_time);
        using var other = new SimulatedDoorHardware(_time);
        using var first = Door("one", one);
        using var broken = new Door("broken", new DoorOptions(), other, _time, what =>
        {
            if (what.Kind is DoorEventKind.RexPressed) throw new InvalidOperationException("a fault of the program");
        });
        var running = new DoorLoop([first, broken], new DoorLoopOptions(), _time).RunAsync(CancellationToken.None);
        first.Set(LockPriority.Operator, LockCommand.Unlock);
        other.Inputs = new DoorInputs(RexPressed: true);

        await TickUntil(() => running.IsCompleted);

        await Assert.ThrowsAsync<InvalidOperationException>(() => running);
        Assert.False(one.RelayEnergised);
        Assert.False(other.RelayEnergised);
    }

    [Fact]
    public async Task Random_faults_of_one_door_do_not_disturb_the_other()
    {
        using var flaky = new SimulatedDoorHardware(_time);
        using var sound = new SimulatedDoorHardware(_time);
        using var one = Door("flaky", flaky);
        using var other = Door("sound", sound);
        using var stop = new CancellationTokenSource();
        var running = new DoorLoop([one, other], new DoorLoopOptions(), _time).RunAsync(stop.Token);
        var random = new Random(5);
        other.Set(LockPriority.Operator, LockCommand.Unlock);
        for (var turn = 0; turn < 50; turn++)
        {
            flaky.Fault = random.Next(2) == 0 ? new IOException("random") : null;
            var reads = sound.Reads;
            await TickUntil(() => sound.Reads > reads);
            Assert.True(sound.RelayEnergised);
        }

        flaky.Fault = null;
        await TickUntil(() => !one.Status.Faulted);
        await stop.CancelAsync();
        await running;
        Assert.DoesNotContain(_events, what => what.Door == "sound" && what.Kind is DoorEventKind.HardwareFault);
    }

    Door Door(string name, IDoorHardware hardware) => new(name, new DoorOptions(), hardware, _time, _events.Enqueue);

    DoorGrant Grant() => new(null, _time.GetTimestamp(), TrackPresent: true);

    /// <summary>Time goes on in ticks while the threads do what they do; it takes as long as it takes.</summary>
    async Task TickUntil(Func<bool> reached)
    {
        while (!reached())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    sealed class HangingHardware : IDoorHardware
    {
        readonly ManualResetEventSlim _free = new(true);
        volatile bool _energised;

        public bool Energised => _energised;

        public bool RelayEnergised => _energised;

        public void Hang() => _free.Reset();

        public void Release() => _free.Set();

        public void SetRelay(bool energised) => _energised = energised;

        public DoorInputs Read()
        {
            _free.Wait();
            return default;
        }

        public void Dispose() => _free.Dispose();
    }
}
