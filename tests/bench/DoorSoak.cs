using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Hosting;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>soak --minutes 30</c>: the real daemon with two cameras at full frame rate; memory, file descriptors and managed
/// allocation over time. The slope is a least-squares line over the second half: the first fills caches.
/// </summary>
static class DoorSoak
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 30 };
        var json = new Option<bool>("--json");
        var command = new Command("soak", "The real daemon for a long time.") { minutes, json };
        command.SetAction(async (parse, stop) =>
        {
            var output = parse.InvocationConfiguration.Output;
            var report = await RunAsync(TimeSpan.FromMinutes(parse.GetValue(minutes)), parse.GetValue(json) ? null : output, stop);
            await output.WriteLineAsync(
                parse.GetValue(json) ? JsonSerializer.Serialize(report, DoorBenchJson.Default.SoakReport) : Text(report));
        });
        return command;
    }

    static async Task<SoakReport> RunAsync(TimeSpan lasts, TextWriter? output, CancellationToken stop)
    {
        using var bench = new DoorBench();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var samples = new List<SoakSample>();
        var decisions = 0L;
        var watching = Task.CompletedTask;
        var code = await bench.RunAsync(
            2, visits: true, _ => Interlocked.Increment(ref decisions), daemon => watching = WatchAsync(daemon), ended.Token);
        await watching;
        SoakSample[] late = [.. samples.Skip(samples.Count / 2)];
        var (first, last) = (samples[0], samples[^1]);
        return new SoakReport(
            last.Minutes, last.Frames, decisions, Slope(late, sample => sample.RssMb) * 60, last.RssMb, first.Descriptors,
            last.Descriptors, (last.AllocatedMb - first.AllocatedMb) / (last.Minutes - first.Minutes),
            (last.AllocatedMb - first.AllocatedMb) * 1e6 / (last.Frames - first.Frames), code == 0 ? 0 : 1);

        async Task WatchAsync(DoorDaemon daemon)
        {
            var began = daemon.Time.GetTimestamp();
            while (daemon.Time.GetElapsedTime(began) < lasts && !ended.IsCancellationRequested)
            {
                await Task.Delay(Every, daemon.Time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var sample = new SoakSample(
                    daemon.Time.GetElapsedTime(began).TotalMinutes, Environment.WorkingSet / 1e6,
                    Directory.GetFiles("/proc/self/fd").Length, GC.GetTotalAllocatedBytes() / 1e6,
                    daemon.Posts.Sum(post => post.Watch.Judged));
                samples.Add(sample);
                if (output is not null && samples.Count % 6 == 0) await output.WriteLineAsync(sample.ToString());
            }

            await ended.CancelAsync();
        }
    }

    static double Slope(SoakSample[] samples, Func<SoakSample, double> of)
    {
        var (meanX, meanY) = (samples.Average(sample => sample.Minutes), samples.Average(of));
        return samples.Sum(sample => (sample.Minutes - meanX) * (of(sample) - meanY))
            / samples.Sum(sample => (sample.Minutes - meanX) * (sample.Minutes - meanX));
    }

    static string Text(SoakReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Minutes:F1} min, {report.Frames} frames judged, {report.Decisions} decisions, {report.Restarts} restarts: resident "
        + $"{report.RssMb:F0} MB, slope {report.RssSlopeMbPerHour:F2} MB/h; descriptors {report.DescriptorsFirst} -> "
        + $"{report.DescriptorsLast}; managed allocation {report.AllocatedMbPerMinute:F2} MB/min, {report.AllocatedBytesPerFrame:F0} bytes a frame");
}

/// <summary>One look.</summary>
sealed record SoakSample(double Minutes, double RssMb, int Descriptors, double AllocatedMb, long Frames)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Minutes,5:F1} min  {RssMb,6:F1} MB  {Descriptors} descriptors  {Frames} frames");
}

/// <summary>What <c>soak --json</c> prints.</summary>
sealed record SoakReport(
    double Minutes, long Frames, long Decisions, double RssSlopeMbPerHour, double RssMb, int DescriptorsFirst, int DescriptorsLast,
    double AllocatedMbPerMinute, double AllocatedBytesPerFrame, int Restarts);
