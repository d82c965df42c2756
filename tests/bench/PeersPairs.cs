using System.CommandLine;
using System.Numerics.Tensors;
using System.Text.Json;
using EdgeFace.Cli;
using EdgeFace.Evaluation;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>peers pairs PAIRS --images DIR</c>: face_recognition's pipeline (HOG on the doubled picture, five points, chip,
/// ResNet) and ours on one list, picture by picture in turns, decoding left out for both. Of several faces dlib takes
/// the one nearest the middle, ours the most prominent.
/// </summary>
static class PeersPairs
{
    /// <summary>What face_recognition's compare_faces calls the same person.</summary>
    const double DlibDistance = 0.6;

    const int WarmUp = 5;

    /// <summary>As face_recognition's face_locations does by default.</summary>
    const int Upsample = 1;

    public static Command Create()
    {
        var list = new Argument<string>("pairs") { Description = "A list of pairs, as edgeface evaluate pairs takes it." };
        var images = new Option<string>("--images") { Description = "The folder that its paths start from.", Required = true };
        var limit = new Option<int?>("--limit") { Description = "Takes so many pairs, spread evenly over the list." };
        var threads = new Option<int>("--threads") { Description = "Of both sides' networks.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json");
        var command = new Command("pairs", "The whole of face_recognition and of ours on one list of pairs: time and accuracy.")
        {
            list, images, limit, threads, json,
        };
        command.SetAction(parse =>
        {
            var pairs = Spread(PairsFile.Read(parse.GetRequiredValue(list), parse.GetRequiredValue(images)), parse.GetValue(limit));
            var report = Measure(pairs, Math.Max(1, parse.GetValue(threads)));
            if (parse.GetValue(json))
                parse.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(report, PeerJson.Default.PeerPairsReport));
            else
                PeersPairsText.Print(report, parse.InvocationConfiguration.Output);
        });
        return command;
    }

    static IReadOnlyList<FacePair> Spread(IReadOnlyList<FacePair> pairs, int? limit) => limit is { } most && most < pairs.Count
        ? [.. pairs.Where((_, i) => (long)i * most / pairs.Count < (i + 1L) * most / pairs.Count)]
        : pairs;

    static PeerPairsReport Measure(IReadOnlyList<FacePair> pairs, int threads)
    {
        var home = Machine.Home();
        var models = ModelsUsed.Choose(home, null, null);
        using var ours = new PictureEmbedder(
            FaceRecognizer.Load(models.Catalog, models.Folder, new RecognitionOptions(Inference: new InferenceOptions(threads))),
            home.Time);
        using var dlib = DlibPeer.Start(Upsample, threads);
        var before = Machine.Load();
        string[] files = [.. pairs.SelectMany(pair => new[] { pair.A, pair.B }).Distinct()];
        var row = new float[models.Embedder.Width];
        for (var i = 0; i < WarmUp; i++) (_, _) = (ours.Embed(files[0], row), dlib.Ask("embed", files[0]));

        var times = new List<(StageTimes Ours, PeerAnswer Dlib)>();
        var (oursOf, dlibOf) = (new Dictionary<string, float[]>(), new Dictionary<string, float[]>());
        foreach (var file in files)
        {
            var mine = ours.Embed(file, row);
            var theirs = dlib.Ask("embed", file);
            times.Add((mine, theirs));
            if (mine.Embed is not null) oursOf[file] = [.. row];
            if (theirs.Descriptor is { } descriptor) dlibOf[file] = descriptor;
        }

        var table = new ThresholdTable(models.Embedder);
        return new PeerPairsReport(
            pairs.Count, files.Length, threads, $"{before}, then {Machine.Load()}", dlib.About, PairTimes.Of(times),
            PairAccuracy.Of(pairs, oursOf, files.Length, TensorPrimitives.Dot,
                ("similarity at the card's FMR 1e-3", table.ForFmr(1e-3).Similarity),
                ("similarity at the card's FMR 1e-4", table.ForFmr(1e-4).Similarity)),
            PairAccuracy.Of(pairs, dlibOf, files.Length, NearnessOf, ("distance 0.6", NearnessAt(DlibDistance))));
    }

    /// <summary>Distance turned round, so that more is nearer and 0 to 2 falls on 1 to -1.</summary>
    static float NearnessOf(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => NearnessAt(TensorPrimitives.Distance(a, b));

    static float NearnessAt(double distance) => (float)Math.Max(-1, 1 - distance);
}
