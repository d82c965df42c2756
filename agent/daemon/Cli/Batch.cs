namespace EdgeFace.Cli;

/// <summary>
/// Many pictures, one worker per core, each with models of its own that run on one thread: for a batch that beats one
/// set of models on all cores, whose threads wait for each other in every layer.
/// </summary>
static class Batch
{
    /// <summary>How many work at once.</summary>
    public static int Workers(int count) => Math.Clamp(count, 1, Environment.ProcessorCount);

    /// <summary>Works through 0 to <paramref name="count"/> - 1 in no order; the first fault ends it for all.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="tools">Makes what one worker has for himself.</param>
    /// <param name="work">Does one of them.</param>
    /// <param name="stop">Ends it early.</param>
    public static async Task RunAsync<TTools>(
        int count, Func<TTools> tools, Action<TTools, int> work, CancellationToken stop)
        where TTools : IDisposable
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var taken = -1;
        await Task.WhenAll(Enumerable.Range(0, Workers(count)).Select(_ => Task.Run(Work, CancellationToken.None)));
        stop.ThrowIfCancellationRequested();

        // The others just leave: a cancellation of theirs could hide the fault that ended it.
        void Work()
        {
            try
            {
                using var own = tools();
                while (!ended.IsCancellationRequested && Interlocked.Increment(ref taken) is var next && next < count)
                    work(own, next);
            }
            catch
            {
                ended.Cancel();
                throw;
            }
        }
    }
}
