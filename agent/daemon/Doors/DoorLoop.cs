using System.ComponentModel.DataAnnotations;
using EdgeFace.Capture;

namespace EdgeFace.Doors;

/// <summary>How doors are polled.</summary>
/// <param name="PollMs">Between two looks at a door.</param>
/// <param name="StallMs">After this a look that has not come back is a fault of the door's hardware.</param>
sealed record DoorLoopOptions(
    [property: Range(10, 100)] int PollMs = 20,
    [property: Range(100, 60_000)] int StallMs = 1000);

/// <summary>
/// Polls all doors of a process: one thread ticks for all of them, and each has a thread of its own, so that hardware that hangs stops
/// its own door only. Threads and not the pool's tasks or timers: inference may keep the pool busy, and a door must not wait for it.
/// </summary>
/// <param name="doors">Owned by somebody else.</param>
/// <param name="options">How often.</param>
/// <param name="time">Decides when a tick is due.</param>
/// <param name="polled">
/// Told a door's name after each look that came back, on the door's thread. Where looks no longer come back nobody in this process can
/// move the wire: whoever watches the process must then end it, so that the kernel gives the line back and the relay falls.
/// </param>
sealed class DoorLoop(IReadOnlyList<Door> doors, DoorLoopOptions options, TimeProvider time, Action<string>? polled = null)
{
    readonly DoorLoopOptions _options = OptionsCheck.Ensure(options);
    readonly DoorThread[] _threads = [.. doors.Select(door => new DoorThread(door, time, polled))];
    readonly object _gate = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool _stop; // of the gate
    long _missed;

    /// <summary>Looks at doors that were left out since the one before had not come back.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>
    /// Ends when it is told to or when a door's program fails; in both cases every door is left in its declared state. Once only.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var told = stop.Register(Stop);
        new Thread(Run) { IsBackground = true, Name = "doors" }.Start();
        await _ended.Task;
    }

    /// <summary>The top of the ticking thread.</summary>
    void Run()
    {
        Exception? failure = null;
        try
        {
            foreach (var thread in _threads) thread.Start();
            while (WaitForTick()) Tick();
        }
#pragma warning disable CA1031 // whatever it is comes out of RunAsync
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        try
        {
            foreach (var thread in _threads) thread.Stop();
            foreach (var door in doors) door.Shutdown();
        }
#pragma warning disable CA1031 // likewise
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure ??= e;
        }

        if (failure is null) _ended.SetResult();
        else _ended.SetException(failure);
    }

    void Tick()
    {
        var stall = TimeSpan.FromMilliseconds(_options.StallMs);
        foreach (var thread in _threads)
        {
            thread.ThrowIfFailed();
            if (!thread.Wake(stall)) Volatile.Write(ref _missed, _missed + 1);
        }
    }

    /// <summary>
    /// Waits on the thread itself, since any timer of .NET fires on the pool, and then asks the given clock: one that stands still in
    /// somebody's hand gives no tick.
    /// </summary>
    /// <returns>False when it was told to stop.</returns>
    bool WaitForTick()
    {
        var period = TimeSpan.FromMilliseconds(_options.PollMs);
        var since = time.GetTimestamp();
        lock (_gate)
        {
            while (!_stop)
            {
                var left = period - time.GetElapsedTime(since);
                if (left <= TimeSpan.Zero) return true;

                // Up to a millisecond: a wait of less is none.
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
            }
        }

        return false;
    }

    void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.Pulse(_gate);
        }
    }
}
