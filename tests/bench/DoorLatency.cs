using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>latency</c>: from the capture of the last frame of a consensus to the relay, on the demo's video at 25 frames a second:
/// what a grant costs beyond the consensus frames' own time. With <c>--outbox</c> the same once more behind a long outbox.
/// </summary>
static class DoorLatency
{
    /// <summary>Grants before the code is warm.</summary>
    const int Warm = 3;

    public static Command Create()
    {
        var grants = new Option<int>("--grants") { DefaultValueFactory = _ => 100 };
        var outbox = new Option<int>("--outbox") { Description = "Events that wait to be sent in the second run; 0: no second run." };
        var json = new Option<bool>("--json");
        var command = new Command("latency", "Capture to relay of the real daemon on real video.") { grants, outbox, json };
        command.SetAction(async (parse, stop) =>
        {
            var (count, waiting, output) = (parse.GetValue(grants), parse.GetValue(outbox), parse.InvocationConfiguration.Output);
            await PrintAsync(await MeasureAsync(count, 0, stop));
            if (waiting > 0) await PrintAsync(await MeasureAsync(count, waiting, stop));

            Task PrintAsync(RelayLatency latency) => output.WriteLineAsync(
                parse.GetValue(json) ? JsonSerializer.Serialize(latency, DoorBenchJson.Default.RelayLatency) : Text(latency));
        });
        return command;
    }

    static async Task<RelayLatency> MeasureAsync(int grants, int outbox, CancellationToken stop)
    {
        using var bench = new DoorBench();
        if (outbox > 0) JournalFill.Fill(bench.Data, outbox);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ages = new List<double>();
        var depth = 0L;
        await bench.RunAsync(1, visits: true, conclusion =>
        {
            if (conclusion is not { Answer.Decision.OpensDoor: true, EvidenceAge: { } age }) return;

            ages.Add(age.TotalMilliseconds);
            if (ages.Count == grants + Warm) ended.Cancel();
        }, daemon => depth = daemon.Journal.OutboxDepth, ended.Token);
        double[] sorted = [.. ages.Skip(Warm).Order()];
        return new RelayLatency(
            sorted.Length, depth, At(sorted, 0.5), At(sorted, 0.95), At(sorted, 0.99), At(sorted, 1), Machine.Load());
    }

    static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    static string Text(RelayLatency latency) => string.Create(CultureInfo.InvariantCulture,
        $"{latency.Grants} grants, {latency.OutboxDepth:N0} events in the outbox: capture to relay p50 {latency.P50Ms:F1} ms, "
        + $"p95 {latency.P95Ms:F1} ms, p99 {latency.P99Ms:F1} ms, most {latency.MostMs:F1} ms ({latency.Load})");
}

/// <summary>What <c>latency --json</c> prints, a line for each run.</summary>
sealed record RelayLatency(int Grants, long OutboxDepth, double P50Ms, double P95Ms, double P99Ms, double MostMs, string Load);

/// <summary>JSON of the door's measurements.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RelayLatency))]
[JsonSerializable(typeof(SoakReport))]
sealed partial class DoorBenchJson : JsonSerializerContext;
