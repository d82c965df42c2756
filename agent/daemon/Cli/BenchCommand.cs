using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Profiles;
using EdgeFace.Recognition;
using OpenCvSharp;
using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary><c>edgeface bench</c>: what a frame costs here, and how far that is from what the models themselves cost.</summary>
static class BenchCommand
{
    public const int DoorTemplates = 10_000;
    const int SearchTemplates = 100_000;
    const int SecondsMax = 3600;

    public static Command Create(Installation home, Func<DemoMedia> media, PackageFetch fetch)
    {
        var picture = new Option<string?>("--picture") { Description = "A picture with a face; without it, a frame of the demo's video." };
        var threads = ModelChoice.Threads();
        var seconds = new Option<double>("--seconds") { Description = "How long each part is measured.", DefaultValueFactory = _ => 6 };
        seconds.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<double>() is >= 0 and <= SecondsMax) return;

            result.AddError($"--seconds takes 0 to {SecondsMax}.");
        });
        var profile = new Option<string?>("--profile")
        {
            Description = "A hardware profile: its threads and its providers. Without it, the one that fits this machine.",
            HelpName = "NAME",
        };
        var beside = Beside();
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var markdown = new Option<bool>("--markdown") { Description = "Only the stages with requests in flight, as rows of Markdown." };
        var command = new Command("bench", "Measures the door's work on one 1920 x 1080 frame against the bare inferences in it, and the search; then each "
            + "stage and the whole with 1, 2, 4 and 8 requests in flight, 8-bit models that are installed in turns with the others. "
            + "Exit code: 0 measured, 3 the picture cannot be used or has no face.")
        {
            picture, threads, seconds, profile, beside, json, markdown,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(json) is not null && result.GetResult(markdown) is not null) result.AddError("Say --json or --markdown, not both.");
        });
        command.SetAction(async (parse, stop) =>
        {
            var file = parse.GetValue(picture);
            if (file is null)
            {
                await media().EnsureAsync(home.Data.Media, fetch, home.Time, Terminal.Progress(parse.InvocationConfiguration.Error), stop);
                file = Path.Combine(home.Data.Media, "franck_02045.jpg");
            }

            var hardware = Path.Combine(Path.GetDirectoryName(home.Cards) ?? ".", "hardware");
            var (chosen, sensors) = (HardwareChoice.Of(hardware, parse.GetValue(profile)), HardwareChoice.Of(hardware, named: null)?.Profile.Sensors);
            var inference = new InferenceOptions(
                parse.GetResult(threads) is { Implicit: false } ? parse.GetValue(threads) : chosen?.Profile.Threads ?? 0);
            var budget = TimeSpan.FromSeconds(parse.GetValue(seconds));
            var named = (parse.GetValue(beside) ?? []).Select(BenchModels.Named).OfType<(InferenceStage Stage, string Card)>()
                .ToDictionary(each => each.Stage, each => each.Card);
            var providers = await BenchProviders.PrepareAsync(home, chosen?.Profile, inference, stop);
            using var frame = FullHd(file);
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(markdown))
            {
                var (of, rows) = await BenchLoad.MeasureAsync(home, chosen, providers, inference, named, frame, budget, stop);
                BenchLoadText.PrintMarkdown(of, rows, output);
                return ExitCode.Ok;
            }

            var report = await MeasureAsync(
                home, file, frame, inference, budget, sensors is null ? null : new SensorReader(MachineRoot.Here, sensors, home.Time), stop);
            var load = await BenchLoad.MeasureAsync(home, chosen, providers, inference, named, frame, budget, stop);
            Print(report with { Profile = load.Profile, Throughput = load.Rows }, parse.GetValue(json), output);
            return ExitCode.Ok;
        });
        return command;
    }

    static Option<string[]> Beside()
    {
        var beside = new Option<string[]>("--models")
        {
            Description = "Measures this card beside the default pack's; may be given for each of detection, landmarks, embedding, liveness. "
                + "Without it, the 8-bit models that are installed.",
            HelpName = "STAGE=CARD",
            AllowMultipleArgumentsPerToken = true,
        };
        beside.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => BenchModels.Named(token.Value) is null))
                result.AddError($"--models takes STAGE=CARD, with a stage out of detection, landmarks, embedding and liveness, not \"{token.Value}\".");
            if (result.Tokens.Select(token => token.Value.Split('=')[0]).GroupBy(stage => stage).FirstOrDefault(group => group.Count() > 1) is { } twice)
                result.AddError($"--models takes one card for a stage: {twice.Key} is named twice.");
        });
        return beside;
    }

    static async Task<BenchReport> MeasureAsync(
        Installation home, string picture, Frame frame, InferenceOptions inference, TimeSpan budget, SensorReader? power, CancellationToken stop)
    {
        var (catalog, models) = (home.Catalog(), home.Data.Models);
        using var recognizer = FaceRecognizer.Load(catalog, models, new RecognitionOptions(Inference: inference));
        using var liveness = PassiveLiveness.Load(catalog.DefaultOf(ModelKind.Liveness), models, inference);
        var card = recognizer.Embedder.Model.Card;
        var threshold = new Threshold(card.ModelId, 0.5f, 1, 1, 1);
        var policy = new AccessPolicy(threshold, new Dictionary<SubjectId, Validity>(), BenchLine.Anybody);
        var people = BenchLine.People(DoorTemplates, card.Width);
        var pipeline = new DoorPipeline(recognizer, liveness, new GallerySlot(people), policy, home.Time);
        if (pipeline.Judge(frame) is null)
        {
            throw new PictureException(
                PictureFault.NoFace, $"{picture} has no face, and without one there is nothing to measure. Name another --picture.");
        }

        var timing = PipelineBenchmark.Run(pipeline, Used, frame, budget, home.Time);
        var energy = power is null ? null : await BenchEnergy.MeasureAsync(power, () => pipeline.Judge(frame), budget, home.Time, stop);
        // Motion is measured until it has been shown: with a limit that nothing reaches, in every frame.
        var watching = new DoorPipeline(
            recognizer, liveness, new GallerySlot(people), new AccessPolicy(threshold, new Dictionary<SubjectId, Validity>(), BenchLine.Anybody with { MotionMin = 1 }),
            home.Time);
        var (passive, withMotion) = (LivenessMs(pipeline, frame), LivenessMs(watching, frame));
        var peak = PeakMegabytes();
        var search = SearchBenchmark.Run(SearchTemplates, card.Width, budget, home.Time);
        return new BenchReport(
            timing.PipelineMs, timing.RawInferenceMs, timing.Ratio, search.SearchMs, search.FloatScanMs, search.Ratio,
            timing.AllocatedBytesPerFrame, peak, inference.ThreadsHere, timing.Rounds, DoorTemplates, timing.Stages,
            passive, passive / timing.PipelineMs, Math.Max(0, withMotion - passive), energy?.JoulesPerDecision, energy?.Sensor);

        (OnnxModel, int)[] Used() =>
        [
            (recognizer.Detector.Model, 1), (recognizer.Landmarks.Model, recognizer.Landmarks.LastPasses),
            (liveness.Model, 1), (recognizer.Embedder.Model, card.Mirror ? 2 : 1),
        ];
    }

    /// <summary>Median of what liveness takes of a frame.</summary>
    static double LivenessMs(DoorPipeline pipeline, Frame frame)
    {
        const int Rounds = 200;
        var times = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            _ = pipeline.Judge(frame);
            times[i] = pipeline.Timing.Liveness.TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }

    /// <summary>The picture brought to 1920 x 1080 at its own proportions, on grey.</summary>
    static Frame FullHd(string picture)
    {
        using var read = PictureReader.Read(picture);
        var frame = Frame.Allocate(1920, 1080);
        frame.Pixels.Fill(127);
        var scale = Math.Min(1920.0 / read.Width, 1080.0 / read.Height);
        var (width, height) = ((int)(read.Width * scale), (int)(read.Height * scale));
        using var from = read.AsMat();
        using var to = frame.AsMat();
        using var middle = to[new Rect((1920 - width) / 2, (1080 - height) / 2, width, height)];
        Cv2.Resize(from, middle, middle.Size(), interpolation: InterpolationFlags.Cubic);
        return frame;
    }

    /// <summary>The most memory that this process has held at once, as the kernel counts it.</summary>
    static double PeakMegabytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }

    static void Print(BenchReport report, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(report, BenchJson.Default.BenchReport));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("figure", "value");
        table.AddRow("frame to decision", $"{report.PipelineMs:F2} ms (median of {report.Rounds}, {report.Threads} threads)");
        foreach (var stage in report.Stages) table.AddRow($"  bare {stage.Model}", $"{stage.Runs} x {stage.Ms:F2} ms");
        table.AddRow("bare inferences", $"{report.RawInferenceMs:F2} ms");
        table.AddRow("liveness of it", $"{report.LivenessMs:F2} ms, {report.LivenessShare:P0}; while a face has not moved yet, {report.MotionMs:F2} ms more");
        table.AddRow("ratio", $"{report.PipelineRatio:F3}");
        table.AddRow("search of 100,000 templates", $"{report.Search100kMs:F2} ms, plain scan {report.Scan100kMs:F2} ms, ratio {report.SearchRatio:F3}");
        table.AddRow("energy a decision", report.JoulesPerDecision is { } joules
            ? $"{joules:F3} J, with all that draws from it meanwhile (sensor {report.PowerSensor})" : "no power sensor that this user may read");
        table.AddRow("managed memory a frame", $"{report.AllocatedBytesPerFrame:F0} bytes");
        table.AddRow($"peak memory with {report.Templates:N0} templates", $"{report.PeakRssMb:F0} MB");
        Terminal.On(output).Write(table);
        if (report is { Profile: { } profile, Throughput: { } rows }) BenchLoadText.Print(profile, rows, output);
    }
}

/// <summary>What <c>bench --json</c> prints. Times are medians in ms; ratios are medians over the rounds.</summary>
sealed record BenchReport(
    double PipelineMs,
    double RawInferenceMs,
    double PipelineRatio,
    [property: JsonPropertyName("search_100k_ms")] double Search100kMs,
    [property: JsonPropertyName("scan_100k_ms")] double Scan100kMs,
    double SearchRatio,
    double AllocatedBytesPerFrame,
    double PeakRssMb,
    int Threads,
    int Rounds,
    int Templates,
    StageTiming[] Stages,
    double LivenessMs,
    double LivenessShare,
    double MotionMs,
    double? JoulesPerDecision,
    string? PowerSensor,
    BenchProfile? Profile = null,
    BenchRow[]? Throughput = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BenchReport))]
sealed partial class BenchJson : JsonSerializerContext;
