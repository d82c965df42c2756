using System.Diagnostics;
using System.Globalization;
using EdgeFace.Journal;
using EdgeFace.Storage;

namespace EdgeFace.Benchmarks;

/// <summary>How long an event takes from the call to the disk, one alone and in a stream, and how long the call itself takes.</summary>
static class JournalLatency
{
    const int Lone = 100;

    public static async Task<LatencyReport> MeasureAsync(StateFolder folder, int events, CancellationToken stop)
    {
        using var journal = EventJournal.Open(folder, new JournalOptions(), JournalFill.Device, TimeProvider.System);
        var depth = journal.OutboxDepth;
        await RunAsync(journal, 50, 5, stop); // warm
        var lone = await RunAsync(journal, Lone, 50, stop);
        var stream = await RunAsync(journal, events, 5, stop);
        return new LatencyReport(
            depth, At(lone.Durable, 0.5), At(lone.Durable, 0.99), At(stream.Durable, 0.5), At(stream.Durable, 0.99),
            At(stream.Call, 0.99), journal.Lost);
    }

    static async Task<(double[] Durable, double[] Call)> RunAsync(
        EventJournal journal, int count, int everyMs, CancellationToken stop)
    {
        var traffic = new JournalTraffic(seed: 2);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(everyMs));
        var (waiting, calls) = (new List<Task<double>>(), new List<double>());
        for (var i = 0; i < count; i++)
        {
            await pace.WaitForNextTickAsync(stop);
            var start = Stopwatch.GetTimestamp();
            var written = journal.AppendAsync(traffic.Next(TimeProvider.System.GetUtcNow()));
            calls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            waiting.Add(TimeAsync(written, start));
        }

        return (await Task.WhenAll(waiting), [.. calls]);
    }

    static async Task<double> TimeAsync(Task written, long start)
    {
        await written;
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    static double At(double[] times, double share)
    {
        Array.Sort(times);
        return times[(int)(share * (times.Length - 1))];
    }
}

/// <summary>Milliseconds; the stream is 200 events a second, the lone ones 20.</summary>
sealed record LatencyReport(
    long OutboxDepth, double LoneP50, double LoneP99, double StreamP50, double StreamP99, double CallP99, long Lost)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{OutboxDepth:N0} in the outbox: to the disk p50 {LoneP50:F1} ms, p99 {LoneP99:F1} ms alone; p50 {StreamP50:F1} ms, p99 {StreamP99:F1} ms at 200/s; the call p99 {CallP99:F3} ms; {Lost} lost");
}
