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
        var polls = new ConcurrentDictionary<string, int>();
        var loop = new DoorLoop([hung, free], new DoorLoopOptions(), _time, door => polls.AddOrUpdate(door, 1, (_, count) => count + 1));
        var running = loop.RunAsync(stop.Token);
        await TickUntil(() => polls.GetValueOrDefault("hung") > 2 && polls.GetValueOrDefault("free") > 2);
        hanging.Hang();

        await TickUntil(() => _events.Any(what => what.Kind is DoorEventKind.HardwareStalled));
        var (reads, before) = (sound.Reads, polls["hung"]);
        await TickUntil(() => sound.Reads > reads + 20);
        Assert.Equal(before, polls["hung"]); // and so the watchdog is not told that all is well
        Assert.True(polls["free"] > 20);
        Assert.True(free.Grant(Grant()).Opens);
        Assert.True(sound.RelayEnergised);
        Assert.Equal(DoorReply.Faulted, hung.Grant(Grant()).Reply);
        Assert.True(loop.Missed > 20);

        hanging.Release();
        await TickUntil(() => _events.Any(what => what.Kind is DoorEventKind.HardwareFaultEnded));
        Assert.True(hung.Grant(Grant()).Opens);
        await TickUntil(() => hanging.Energised && polls["hung"] > before);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Doors_are_polled_while_the_pool_has_no_thread_to_spare()
    {
        using var hardware = new SimulatedDoorHardware(TimeProvider.System);
        using var door = new Door("any", new DoorOptions(), hardware, TimeProvider.System, _events.Enqueue);
        using var stop = new CancellationTokenSource();
        using var polled = new SemaphoreSlim(0);
        using var free = new ManualResetEventSlim();
        using var busy = new CountdownEvent(256);
        var begun = 0;

        // Whatever waits for the pool is behind these in its queue.
        for (var i = 0; i < busy.InitialCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                Interlocked.Increment(ref begun);
                free.Wait();
                busy.Signal();
            }, null);
        }

        var running = new DoorLoop([door], new DoorLoopOptions(), TimeProvider.System, _ => polled.Release()).RunAsync(stop.Token);
        Take(polled, 10);
        var meanwhile = Volatile.Read(ref begun);
        free.Set();
        busy.Wait(TestContext.Current.CancellationToken);

        Assert.True(meanwhile < busy.InitialCount, $"the door was polled after all {meanwhile} had begun");
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

    /// <summary>Not awaited: that would need the pool.</summary>
    static void Take(SemaphoreSlim polled, int polls)
    {
        for (var poll = 0; poll < polls; poll++) polled.Wait(TestContext.Current.CancellationToken);
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
