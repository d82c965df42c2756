namespace EdgeFace.Pipeline;

/// <summary>What several get done who work at once.</summary>
/// <param name="Requests">So many were in flight.</param>
/// <param name="Count">Done by all of them together.</param>
/// <param name="PerSecond">Likewise.</param>
/// <param name="P50Ms">Of one, from its begin to its end.</param>
/// <param name="P95Ms">Likewise.</param>
sealed record InFlightTiming(int Requests, int Count, double PerSecond, double P50Ms, double P95Ms);

/// <summary>Times workers that run at once, each on a thread of its own; in slices, so that two kinds of them can take turns.</summary>
/// <param name="workers">One piece of work of each.</param>
/// <param name="time">Whose clock.</param>
sealed class InFlightTimer(IReadOnlyList<Action> workers, TimeProvider time)
{
    readonly List<double> _milliseconds = [];
    double _seconds;

    public InFlightTiming Timing
    {
        get
        {
            double[] sorted = [.. _milliseconds.Order()];
            return new InFlightTiming(workers.Count, sorted.Length, sorted.Length / _seconds, At(sorted, 0.5), At(sorted, 0.95));
        }
    }

    /// <summary>All begin at once and each goes on until the slice is over, but does one at least.</summary>
    public async Task RunAsync(TimeSpan slice, CancellationToken stop)
    {
        using var together = new Barrier(workers.Count);
        var turns = await Task.WhenAll(workers.Select(worker => Task.Factory.StartNew(
            () => Work(worker, together, slice, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        foreach (var (_, _, milliseconds) in turns) _milliseconds.AddRange(milliseconds);
        _seconds += time.GetElapsedTime(turns.Min(turn => turn.Began), turns.Max(turn => turn.Ended)).TotalSeconds;
    }

    (long Began, long Ended, List<double> Milliseconds) Work(Action worker, Barrier together, TimeSpan slice, CancellationToken stop)
    {
        var milliseconds = new List<double>();
        together.SignalAndWait(stop);
        var began = time.GetTimestamp();
        var ended = began;
        do
        {
            var start = ended;
            worker();
            ended = time.GetTimestamp();
            milliseconds.Add(time.GetElapsedTime(start, ended).TotalMilliseconds);
        }
        while (time.GetElapsedTime(began, ended) < slice && !stop.IsCancellationRequested);

        return (began, ended, milliseconds);
    }

    /// <summary>The least value that such a share does not exceed.</summary>
    static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}
