using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Journal;
using EdgeFace.Storage;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>fill --events N --data DIR</c>: a journal with so many events that nobody has confirmed, and how long an event takes
/// to the disk before and after.
/// </summary>
static class JournalFill
{
    public const string Device = "bench";
    const int Batch = 1_000;

    public static Command Create()
    {
        var events = new Option<int>("--events") { DefaultValueFactory = _ => 1_000_000 };
        var data = new Option<string>("--data") { Required = true, Description = "The data folder; its journal is made, or grown." };
        var measure = new Option<int>("--measure") { Description = "Events of each measurement; 0: none.", DefaultValueFactory = _ => 2_000 };
        var json = new Option<bool>("--json");
        var command = new Command("fill", "Fills a journal, and measures how long an event takes to the disk before and after.")
        {
            events, data, measure, json,
        };
        command.SetAction(async (parse, stop) =>
        {
            var folder = new StateFolder(parse.GetRequiredValue(data));
            var (count, probes) = (parse.GetValue(events), parse.GetValue(measure));
            var before = probes > 0 ? await JournalLatency.MeasureAsync(folder, probes, stop) : null;
            var watch = Stopwatch.StartNew();
            var depth = Fill(folder, count);
            var seconds = watch.Elapsed.TotalSeconds;
            var bytes = new FileInfo(folder.Journal).Length;
            var after = probes > 0 ? await JournalLatency.MeasureAsync(folder, probes, stop) : null;
            var report = new FillReport(count, depth, seconds, bytes, (double)bytes / depth, before, after);
            await parse.InvocationConfiguration.Output.WriteLineAsync(parse.GetValue(json)
                ? JsonSerializer.Serialize(report, JournalBenchJson.Default.FillReport) : Text(report));
        });
        return command;
    }

    /// <summary>Appends as fast as the disk takes it, a thousand a transaction, none of them confirmed.</summary>
    /// <param name="folder">Of the journal.</param>
    /// <param name="events">How many.</param>
    /// <param name="device">Whose.</param>
    /// <returns>How many wait in the outbox then.</returns>
    public static long Fill(StateFolder folder, int events, string device = Device)
    {
        folder.Create();
        using var held = StateFolderLock.Take(folder, "journal");
        var opened = new JournalOpening(folder, new JournalOptions(MegabytesMax: 2_000), device, TimeProvider.System).Open(key: null);
        using var key = opened.Key;
        using var file = opened.File;
        var traffic = new JournalTraffic(seed: 1);
        var at = TimeProvider.System.GetUtcNow();
        for (var written = 0; written < events; written += Batch)
        {
            var count = Math.Min(Batch, events - written);
            file.Write(JournalBatch.Of(Enumerable.Range(0, count).Select(_ => traffic.Next(at += TimeSpan.FromSeconds(0.4)))), at);
            if (written / Batch % 16 == 0) file.Checkpoint(whole: false);
        }

        file.Publish(flush: true);
        file.Checkpoint(whole: true);
        return file.OutboxDepth;
    }

    static string Text(FillReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Events:N0} events in {report.FillSeconds:F1} s, {report.OutboxDepth:N0} in the outbox, {report.Bytes / 1e6:F1} MB: {report.BytesPerEvent:F0} bytes an event\n")
        + string.Join('\n', new[] { ("before", report.Before), ("after", report.After) }
            .Where(one => one.Item2 is not null).Select(one => $"{one.Item1,-6}: {one.Item2}"));
}

/// <summary>What <c>fill --json</c> prints.</summary>
sealed record FillReport(
    int Events, long OutboxDepth, double FillSeconds, long Bytes, double BytesPerEvent, LatencyReport? Before, LatencyReport? After);
