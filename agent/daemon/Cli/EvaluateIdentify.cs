using System.CommandLine;
using System.Numerics.Tensors;
using EdgeFace.Evaluation;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary><c>edgeface evaluate identify CSV</c>.</summary>
sealed class EvaluateIdentify
{
    readonly EmbeddedPictures _pictures;
    readonly Dictionary<string, int> _rowOf;
    readonly Dictionary<string, (SubjectId Subject, int[] Rows)> _enrolled;
    readonly Gallery _gallery;
    readonly TimeProvider _time;
    readonly List<double> _searchTimes = [];

    EvaluateIdentify(EmbeddedPictures pictures, IReadOnlyList<IdentificationPicture> list, TimeProvider time)
    {
        (_pictures, _time) = (pictures, time);
        _rowOf = pictures.Files.Index().ToDictionary(file => file.Item, file => file.Index, StringComparer.Ordinal);
        _enrolled = list.Where(picture => picture.IsGallery)
            .GroupBy(picture => picture.Identity, StringComparer.Ordinal)
            .ToDictionary(person => person.Key, person => (SubjectId.New(), Rows(person)), StringComparer.Ordinal);
        var model = pictures.Models.Embedder.ModelId;
        _gallery = new Gallery(model, pictures.Width, [.. _enrolled.Values.SelectMany(person => person.Rows
            .Select(row => new GalleryTemplate(person.Subject, new Embedding(model, pictures.Row(row)))))]);
    }

    public static Command Create(Installation home)
    {
        var file = new Argument<string>("csv")
        {
            Description = "Columns role, identity, path; role is gallery or probe. Probes of the others are strangers.",
        };
        var images = new Option<string>("--images")
        {
            Description = "The folder that the list's paths start from; none means the list's own.",
        };
        var (detector, embedder) = (EvaluateCommand.Detector(), EvaluateCommand.Embedder());
        var (json, @out, det) = (EvaluateCommand.Json(), EvaluateCommand.Out(), EvaluateCommand.Det());
        var command = new Command("identify",
            "Open-set identification: rank-1, and FNIR at each FPIR, of searches by enrolled people and by strangers.")
        {
            file, images, detector, embedder, json, @out, det,
        };
        command.SetAction(async (parse, stop) =>
        {
            var list = parse.GetRequiredValue(file);
            var folder = parse.GetValue(images) ?? Path.GetDirectoryName(Path.GetFullPath(list)) ?? "";
            EvaluateCommand.CheckFolders(parse.GetValue(@out), parse.GetValue(det));
            var models = ModelsUsed.Choose(home, parse.GetValue(detector), parse.GetValue(embedder));
            var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
            var start = home.Time.GetTimestamp();
            var listed = IdentificationFile.Read(list, folder);
            var pictures = await EmbeddedPictures.OfAsync(
                listed.Select(picture => picture.File), models, home.Time, error, stop);
            var run = new EvaluateIdentify(pictures, listed, home.Time);
            var rates = run.Search(listed.Where(picture => !picture.IsGallery));
            var report = run.Report(rates, folder) with { Seconds = home.Time.GetElapsedTime(start).TotalSeconds };

            var title = Path.GetFileName(list);
            if (parse.GetValue(det) is { } plot)
            {
                new DetPlot(title, "False positive identification rate", "False negative identification rate")
                    .Save(plot, [new DetSeries($"{models.Embedder.Id}, {report.Subjects} subjects", rates.Det)]);
            }

            if (!EvaluateCommand.Wrote(
                report, EvaluationJson.Default.IdentifyReport, parse.GetValue(@out), parse.GetValue(json), output))
            {
                Print(title, report, pictures.Files.Count, output);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    int[] Rows(IEnumerable<IdentificationPicture> of) =>
        [.. of.Select(picture => _rowOf[picture.File]).Distinct().Where(_pictures.HasFace)];

    IdentificationRates Search(IEnumerable<IdentificationPicture> probes)
    {
        var (mated, nonMated) = (new List<MatedProbe>(), new List<float>());
        foreach (var probe in probes)
        {
            var row = _rowOf[probe.File];
            var isMated = _enrolled.TryGetValue(probe.Identity, out var own);
            if (isMated) mated.Add(_pictures.HasFace(row) ? SearchMated(_pictures.Row(row), own) : Missed);
            else if (_pictures.HasFace(row)) nonMated.Add(SearchTimed(_pictures.Row(row))?.Similarity ?? -1);
        }

        return IdentificationRates.Of(mated, nonMated);
    }

    /// <summary>Not first at any threshold.</summary>
    static MatedProbe Missed => new(Right: -1, BestOther: -1);

    MatedProbe SearchMated(ReadOnlySpan<float> probe, (SubjectId Subject, int[] Rows) own)
    {
        if (SearchTimed(probe) is not { } match || own.Rows.Length == 0) return Missed;
        if (match.Subject == own.Subject) return new MatedProbe(match.Similarity, match.RunnerUpSimilarity);

        var right = -1f;
        foreach (var row in own.Rows) right = Math.Max(right, TensorPrimitives.Dot(probe, _pictures.Row(row)));

        return new MatedProbe(right, match.Similarity);
    }

    Match? SearchTimed(ReadOnlySpan<float> probe)
    {
        var start = _time.GetTimestamp();
        var match = _gallery.Search(probe);
        _searchTimes.Add(_time.GetElapsedTime(start).TotalMilliseconds);
        return match;
    }

    IdentifyReport Report(IdentificationRates rates, string folder) =>
        IdentifyReport.Of(rates, _enrolled.Count, _pictures.FailuresToAcquire(folder)) with
        {
            Model = _gallery.Model.ToString(),
            Detector = _pictures.Models.Detector.Id,
            Landmarks = _pictures.Models.Landmarks.Id,
            Templates = _gallery.Templates,
            TimingMs = StageTimes.Median(_pictures.Times),
            SearchMs = StageTimes.MedianOf(_searchTimes.Select(each => (double?)each)),
            Workers = Batch.Workers(_pictures.Files.Count),
        };

    static void Print(string title, IdentifyReport report, int pictures, TextWriter output)
    {
        output.WriteLine($"{title}: {report.Subjects:N0} subjects, {report.Templates:N0} templates");
        output.WriteLine($"{report.Detector}, {report.Landmarks}, {report.Model}");
        output.WriteLine($"Rank-1 {RateTableText.Percent(report.Rank1)} of {report.MatedProbes:N0} searches by "
            + $"enrolled people; {report.NonMatedProbes:N0} searches by strangers");
        Terminal.On(output).Write(RateTableText.Of(
            "FPIR", "FNIR", report.ThresholdsAtFpir, report.EvidenceAtFpir, report.NonMatedProbes, "searches"));
        output.WriteLine($"Median search {RateTableText.Milliseconds(report.SearchMs)} ms.");
        PairsText.PrintTimes(report.TimingMs, report.Workers, report.Seconds, output);
        PairsText.PrintFailures(report.FailuresToAcquire, pictures, output);
    }
}
