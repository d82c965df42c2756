using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>sharing</c>: two cameras at once, each with models of its own, or both on one session of each model. Every measurement has a
/// process of its own, since memory that a process has once had it keeps; the two take turns.
/// </summary>
static class Sharing
{
    static readonly int[] Threads = [1, 2];

    public static Command Create()
    {
        var seconds = new Option<double>("--seconds") { Description = "Of one measurement.", DefaultValueFactory = _ => 6 };
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each kind; the median is shown.", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json");
        var command = new Command("sharing", "Two cameras on one session of each model against two.") { seconds, rounds, json };
        command.SetAction(async (parse, stop) =>
        {
            var output = parse.InvocationConfiguration.Output;
            foreach (var threads in Threads)
            {
                var samples = new List<SharingSample>();
                for (var round = 0; round < parse.GetValue(rounds); round++)
                {
                    samples.Add(await RunAsync(shared: round % 2 == 0, threads, parse.GetValue(seconds), stop));
                    samples.Add(await RunAsync(shared: round % 2 != 0, threads, parse.GetValue(seconds), stop));
                }

                foreach (var arm in samples.GroupBy(sample => sample.Shared).OrderBy(arm => arm.Key).Select(arm => MedianOf([.. arm])))
                    await output.WriteLineAsync(parse.GetValue(json) ? JsonSerializer.Serialize(arm, SharingJson.Default.SharingSample) : Text(arm));
            }
        });
        return command;
    }

    static async Task<SharingSample> RunAsync(bool shared, int threads, double seconds, CancellationToken stop)
    {
        string[] arguments =
        [
            SharingChild.Name, "--shared", $"{shared}", "--threads", $"{threads}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
        ];
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath ?? "", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The measurement's process did not start.");
        try
        {
            var said = await child.StandardOutput.ReadToEndAsync(stop);
            await child.WaitForExitAsync(stop);
            return JsonSerializer.Deserialize(said, SharingJson.Default.SharingSample)
                ?? throw new InvalidOperationException("The measurement's process said nothing.");
        }
        finally
        {
            if (!child.HasExited) child.Kill();
        }
    }

    static SharingSample MedianOf(SharingSample[] samples)
    {
        return new SharingSample(
            samples[0].Shared, samples[0].Threads, Of(sample => sample.LoadMs), Of(sample => sample.FramesPerSecond), Of(sample => sample.P50Ms),
            Of(sample => sample.P95Ms), Of(sample => sample.ModelsMb), Of(sample => sample.RssMb), samples.Length, Machine.Load());

        double Of(Func<SharingSample, double> value) => Machine.Median(samples.Select(value));
    }

    static string Text(SharingSample arm) => string.Create(CultureInfo.InvariantCulture,
        $"two cameras, {(arm.Shared ? "one session of each model" : "two sessions of each model")}, {arm.Threads} thread(s) an inference: {arm.FramesPerSecond:F1} frames/s, "
        + $"p50 {arm.P50Ms:F1} ms, p95 {arm.P95Ms:F1} ms, loaded in {arm.LoadMs:F0} ms, models and their tensors {arm.ModelsMb:F0} MB, resident {arm.RssMb:F0} MB "
        + $"(medians of {arm.Runs}; {arm.Load})");
}

/// <summary>What <c>sharing --json</c> prints, a line for each kind.</summary>
/// <param name="Shared">Both cameras on one session of each model.</param>
/// <param name="Threads">Of one inference.</param>
/// <param name="LoadMs">Until both could judge.</param>
/// <param name="FramesPerSecond">Of both together, from the frame to the decision.</param>
/// <param name="P50Ms">Of one frame.</param>
/// <param name="P95Ms">Likewise.</param>
/// <param name="ModelsMb">What the resident memory grew by from before the models to the end.</param>
/// <param name="RssMb">Resident at the end.</param>
/// <param name="Runs">That this is the median of.</param>
/// <param name="Load">What else was going on.</param>
sealed record SharingSample(
    bool Shared, int Threads, double LoadMs, double FramesPerSecond, double P50Ms, double P95Ms, double ModelsMb, double RssMb, int Runs, string Load);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SharingSample))]
sealed partial class SharingJson : JsonSerializerContext;
