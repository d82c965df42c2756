using System.CommandLine;
using System.Numerics.Tensors;
using System.Text.Json;
using EdgeFace.Evaluation;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary><c>edgeface evaluate pairs FILE --images DIR</c>.</summary>
sealed class EvaluatePairs(EmbeddedPictures pictures, IReadOnlyList<FacePair> pairs, string images)
{
    readonly Dictionary<string, int> _rowOf = pictures.Files.Index().ToDictionary(
        file => file.Item, file => file.Index, StringComparer.Ordinal);

    readonly int[]? _identities = PairIdentities.ByFolder(pairs, pictures.Files);

    public static Command Create(Installation home)
    {
        var file = new Argument<string>("file")
        {
            Description = "A list of pairs: LFW's text form, or CSV with the header a,b,same.",
        };
        var images = new Option<string>("--images")
        {
            Description = "The folder that the list's paths start from.",
            Required = true,
        };
        var name = new Option<string>("--name")
        {
            Description = "What the data set is called; none means the list's name.",
        };
        var points = new Option<bool>("--card-points")
        {
            Description = "Prints the operating points for the embedder's model card as JSON, and nothing else.",
        };
        var (detector, embedder) = (EvaluateCommand.Detector(), EvaluateCommand.Embedder());
        var (json, @out, det) = (EvaluateCommand.Json(), EvaluateCommand.Out(), EvaluateCommand.Det());
        var command = new Command("pairs",
            "10-fold accuracy over the list; EER, and FNMR at each FMR, over every picture with every other.")
        {
            file, images, name, detector, embedder, points, json, @out, det,
        };
        command.SetAction(async (parse, stop) =>
        {
            var (list, folder) = (parse.GetRequiredValue(file), parse.GetRequiredValue(images));
            EvaluateCommand.CheckFolders(parse.GetValue(@out), parse.GetValue(det));
            var models = ModelsUsed.Choose(home, parse.GetValue(detector), parse.GetValue(embedder));
            var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
            var title = parse.GetValue(name) ?? Path.GetFileName(list);
            var (report, tally, measured) = await MeasureAsync(list, folder, title, models, home.Time, error, stop);

            if (parse.GetValue(det) is { } plot)
                new DetPlot(title).Save(plot, [new DetSeries(models.Embedder.Id, DetCurve.Of(tally))]);
            var cardOnly = parse.GetValue(points);
            var asJson = EvaluateCommand.Wrote(
                report, EvaluationJson.Default.PairsReport, parse.GetValue(@out), parse.GetValue(json) && !cardOnly,
                output);
            if (cardOnly) PrintCardPoints(measured, output);
            else if (!asJson) PairsText.Print(title, report, output);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Embeds all pictures of a list of pairs and counts.</summary>
    /// <param name="list">Of pairs.</param>
    /// <param name="folder">That its paths start from.</param>
    /// <param name="title">What the data set is called.</param>
    /// <param name="models">Which to use.</param>
    /// <param name="time">For the clocks and the date.</param>
    /// <param name="error">Where progress is shown.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The report, the counts, and what they say on a model card.</returns>
    /// <exception cref="EvaluationException">The list cannot be used.</exception>
    public static async Task<(PairsReport Report, SimilarityTally Tally, IReadOnlyList<MeasuredPoint> Points)> MeasureAsync(
        string list, string folder, string title, ModelsUsed models, TimeProvider time, TextWriter error, CancellationToken stop)
    {
        var start = time.GetTimestamp();
        var pairs = PairsFile.Read(list, folder);
        var pictures = await EmbeddedPictures.OfAsync(
            pairs.SelectMany(pair => new[] { pair.A, pair.B }), models, time, error, stop);
        var run = new EvaluatePairs(pictures, pairs, folder);
        var tally = run.Tally(stop);
        var report = run.Report(tally) with { Seconds = time.GetElapsedTime(start).TotalSeconds };
        return (report, tally, run.Points(tally, title, time));
    }

    SimilarityTally Tally(CancellationToken stop) =>
        _identities is null ? OfListedPairs() : OfAllPairs(_identities, stop);

    SimilarityTally OfListedPairs()
    {
        var tally = new SimilarityTally();
        foreach (var pair in pairs)
        {
            if (Similarity(pair) is { } similarity) tally.Add(similarity, pair.Same);
        }

        return tally;
    }

    SimilarityTally OfAllPairs(int[] identities, CancellationToken stop)
    {
        int[] withFace = [.. Enumerable.Range(0, pictures.Files.Count).Where(pictures.HasFace)];
        var rows = new float[withFace.Length * pictures.Width];
        foreach (var (to, from) in withFace.Index())
            pictures.Row(from).CopyTo(rows.AsSpan(to * pictures.Width));

        return AllPairs.Compare(rows, pictures.Width, Array.ConvertAll(withFace, row => identities[row]), stop);
    }

    PairsReport Report(SimilarityTally tally)
    {
        // Wrong at any threshold: see ScoredPair.
        var scored = pairs.Select(pair =>
            new ScoredPair(Similarity(pair) ?? (pair.Same ? -1 : 1), pair.Same, pair.Fold)).ToList();
        return PairsReport.Of(TenFold.Of(scored), VerificationRates.Of(tally), pictures.FailuresToAcquire(images)) with
        {
            Model = pictures.Models.Embedder.ModelId.ToString(),
            Detector = pictures.Models.Detector.Id,
            Landmarks = pictures.Models.Landmarks.Id,
            Identities = _identities is null ? "listed_pairs" : "folders",
            ListedPairs = pairs.Count,
            Pictures = pictures.Files.Count,
            TimingMs = StageTimes.Median(pictures.Times),
            Workers = Batch.Workers(pictures.Files.Count),
        };
    }

    /// <summary>Null when one of the two gave no face.</summary>
    float? Similarity(FacePair pair)
    {
        var (a, b) = (_rowOf[pair.A], _rowOf[pair.B]);
        if (!pictures.HasFace(a) || !pictures.HasFace(b)) return null;

        return TensorPrimitives.Dot(pictures.Row(a), pictures.Row(b));
    }

    IReadOnlyList<MeasuredPoint> Points(SimilarityTally tally, string title, TimeProvider time)
    {
        var over = _identities is null ? "the listed pairs" : $"every pair of {pictures.Files.Count} pictures";
        return CardPoints.Of(tally, $"{title}, {over}, {pictures.Models.Detector.Id} and "
            + $"{pictures.Models.Landmarks.Id}, {time.GetUtcNow():yyyy-MM-dd}");
    }

    static void PrintCardPoints(IReadOnlyList<MeasuredPoint> points, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(points, EvaluationJson.Default.IReadOnlyListMeasuredPoint));
}
