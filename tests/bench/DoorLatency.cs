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
        var draining = new Option<bool>("--draining") { Description = "In the second run they are drained meanwhile, through a mosquitto." };
        var json = new Option<bool>("--json");
        var command = new Command("latency", "Capture to relay of the real daemon on real video.") { grants, outbox, draining, json };
        command.SetAction(async (parse, stop) =>
        {
            var (count, waiting, output) = (parse.GetValue(grants), parse.GetValue(outbox), parse.InvocationConfiguration.Output);
            await PrintAsync(await MeasureAsync(count, 0, false, stop));
            if (waiting > 0) await PrintAsync(await MeasureAsync(count, waiting, parse.GetValue(draining), stop));

            Task PrintAsync(RelayLatency latency) => output.WriteLineAsync(
                parse.GetValue(json) ? JsonSerializer.Serialize(latency, DoorBenchJson.Default.RelayLatency) : Text(latency));
        });
        return command;
    }

    /// <summary>Some 3,000 events a second: the backlog lasts as long as the measurement.</summary>
    static readonly TimeSpan ConsumerPause = TimeSpan.FromMilliseconds(30);

    static async Task<RelayLatency> MeasureAsync(int grants, int outbox, bool draining, CancellationToken stop)
    {
        using var bench = new DoorBench();
        await using var bed = draining ? new DeliveryBed() : null;
        if (outbox > 0) JournalFill.Fill(bench.Data, outbox, draining ? DeliveryBroker.Device : JournalFill.Device);
        if (bed is not null) await bed.Broker.StartAsync(stop);
        using var aside = bed?.StartConsumerAside(ConsumerPause);
        var drained = aside is null ? Task.FromResult(0L) : CountAsync(aside.StandardOutput);
        var cloud = bed is null ? null : new Hosting.CloudOptions(bed.Trust, bed.Broker.LinkOf(DeliveryBroker.Device));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ages = new List<double>();
        var depth = 0L;
        await bench.RunAsync(1, visits: true, conclusion =>
        {
            if (conclusion is not { Answer.Decision.OpensDoor: true, EvidenceAge: { } age }) return;

            ages.Add(age.TotalMilliseconds);
            if (ages.Count == grants + Warm) ended.Cancel();
        }, daemon => depth = daemon.Journal.OutboxDepth, ended.Token, cloud);
        aside?.Kill();
        double[] sorted = [.. ages.Skip(Warm).Order()];
        return new RelayLatency(
            sorted.Length, depth, await drained, At(sorted, 0.5), At(sorted, 0.95), At(sorted, 0.99), At(sorted, 1), Machine.Load());
    }

    /// <summary>The last number that it says before it ends.</summary>
    static async Task<long> CountAsync(StreamReader said)
    {
        var last = 0L;
        while (await said.ReadLineAsync() is { } line) last = long.Parse(line, CultureInfo.InvariantCulture);
        return last;
    }

    static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    static string Text(RelayLatency latency) => string.Create(CultureInfo.InvariantCulture,
        $"{latency.Grants} grants, {latency.OutboxDepth:N0} events in the outbox, {latency.Drained:N0} drained meanwhile: capture to relay p50 {latency.P50Ms:F1} ms, "
        + $"p95 {latency.P95Ms:F1} ms, p99 {latency.P99Ms:F1} ms, most {latency.MostMs:F1} ms ({latency.Load})");
}

/// <summary>What <c>latency --json</c> prints, a line for each run.</summary>
sealed record RelayLatency(int Grants, long OutboxDepth, long Drained, double P50Ms, double P95Ms, double P99Ms, double MostMs, string Load);

/// <summary>JSON of the door's measurements.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RelayLatency))]
[JsonSerializable(typeof(SoakReport))]
sealed partial class DoorBenchJson : JsonSerializerContext;
