using System.CommandLine;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;

namespace EdgeFace.Benchmarks;

/// <summary><c>sharing-child</c>: one measurement of <see cref="Sharing"/>, in a process that has done nothing before.</summary>
static class SharingChild
{
    public const string Name = "sharing-child";

    const int Cameras = 2;
    const int Templates = 1000;

    /// <summary>Frames of each before anything is timed.</summary>
    const int Warm = 10;

    public static Command Create()
    {
        var shared = new Option<bool>("--shared") { Required = true };
        var threads = new Option<int>("--threads") { Required = true };
        var seconds = new Option<double>("--seconds") { Required = true };
        var command = new Command(Name, "One measurement; 'sharing' starts it.") { shared, threads, seconds };
        command.Hidden = true;
        command.SetAction(async (parse, stop) =>
        {
            var sample = await MeasureAsync(
                parse.GetValue(shared), parse.GetValue(threads), TimeSpan.FromSeconds(parse.GetValue(seconds)), stop);
            await parse.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(sample, SharingJson.Default.SharingSample));
        });
        return command;
    }

    static async Task<SharingSample> MeasureAsync(bool shared, int threads, TimeSpan lasts, CancellationToken stop)
    {
        var (home, time, options) = (Machine.Home(), TimeProvider.System, new InferenceOptions(threads));
        var catalog = home.Catalog();
        var people = BenchLine.People(Templates, catalog.DefaultOf(ModelKind.Embedding).Width);
        using var frame = PictureReader.Read(Path.Combine(home.Data.Media, "franck_02045.jpg"));
        var before = Environment.WorkingSet;
        var began = time.GetTimestamp();
        using var common = shared ? new ModelSessions(home.Data.Models, options) : null;
        BenchLine[] lines = [.. Enumerable.Range(0, Cameras).Select(_ => Line(home, catalog, common, options, people))];
        var loaded = time.GetElapsedTime(began).TotalMilliseconds;
        try
        {
            foreach (var line in lines)
            {
                for (var i = 0; i < Warm; i++)
                    if (!line.Judge(frame)) throw new InvalidOperationException("The picture of the measurement has no face.");
            }

            var timer = new InFlightTimer([.. lines.Select(line => (Action)(() => line.Judge(frame)))], time);
            await timer.RunAsync(lasts, stop);
            var (timing, after) = (timer.Timing, Environment.WorkingSet);
            return new SharingSample(
                shared, threads, loaded, timing.PerSecond, timing.P50Ms, timing.P95Ms, (after - before) / 1e6, after / 1e6, 1, Machine.Load());
        }
        finally
        {
            foreach (var line in lines) line.Dispose();
        }
    }

    static BenchLine Line(Installation home, ModelCatalog catalog, ModelSessions? common, InferenceOptions options, Gallery people)
    {
        var card = catalog.DefaultOf(ModelKind.Liveness);
        return common is null
            ? new BenchLine(
                FaceRecognizer.Load(catalog, home.Data.Models, new RecognitionOptions(Inference: options)),
                PassiveLiveness.Load(card, home.Data.Models, options), people, home.Time)
            : new BenchLine(FaceRecognizer.Load(catalog, common), PassiveLiveness.Load(card, common), people, home.Time);
    }
}
