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
/// Polls all doors of a process: one tick for all of them, and a thread for each, so that hardware that hangs stops its own door only.
/// Threads and not the pool's tasks: inference may keep the pool busy, and a door must not wait for it.
/// </summary>
sealed class DoorLoop(IReadOnlyList<Door> doors, DoorLoopOptions options, TimeProvider time)
{
    readonly DoorLoopOptions _options = OptionsCheck.Ensure(options);
    readonly DoorThread[] _threads = [.. doors.Select(door => new DoorThread(door, time))];

    /// <summary>Looks at doors that were left out since the one before had not come back.</summary>
    public long Missed { get; private set; }

    /// <summary>Ends when it is told to or when a door's program fails; in both cases every door is left in its declared state.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(_options.PollMs), time);
        var stall = TimeSpan.FromMilliseconds(_options.StallMs);
        try
        {
            foreach (var thread in _threads) thread.Start();
            while (await timer.WaitForNextTickAsync(stop))
            {
                foreach (var thread in _threads)
                {
                    thread.ThrowIfFailed();
                    if (!thread.Wake(stall)) Missed++;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to.
        }
        finally
        {
            foreach (var thread in _threads) thread.Stop();
            foreach (var door in doors) door.Shutdown();
        }
    }
}
