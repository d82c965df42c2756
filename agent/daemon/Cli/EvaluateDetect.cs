using System.CommandLine;
using System.Globalization;
using EdgeFace.Detection;
using EdgeFace.Evaluation;
using Spectre.Console;
using static EdgeFace.Cli.RateTableText;

namespace EdgeFace.Cli;

/// <summary><c>edgeface evaluate detect ANNOTATIONS.xml…</c>.</summary>
static class EvaluateDetect
{
    // As low as the options go: the average precision wants the whole curve.
    const double LowestScore = 0.05;

    public static Command Create(Installation home)
    {
        var files = new Argument<string[]>("annotations")
        {
            Description = "Lists as dlib's imglab writes them; several are taken together.",
            Arity = ArgumentArity.OneOrMore,
        };
        var detectors = new Option<string[]>("--detector")
        {
            Description = "Card id of a face detector, may be given again; none means the default pack's.",
        };
        var iou = new Option<double>("--iou")
        {
            Description = "Intersection over union from which a box is on a face.",
            DefaultValueFactory = _ => 0.4,
        };
        var score = new Option<double>("--score")
        {
            Description = "Least score of the boxes that recall and precision count.",
            DefaultValueFactory = _ => new DetectionOptions().ScoreMin,
        };
        var zoom = ModelChoice.Zoom(usual: 1);
        var (json, @out) = (EvaluateCommand.Json(), EvaluateCommand.Out());
        var command = new Command("detect", "Recall, precision and average precision of detectors on marked faces.")
        {
            files, detectors, iou, score, zoom, json, @out,
        };
        iou.Validators.Add(given =>
        {
            if (!(given.GetValueOrDefault<double>() is > 0 and <= 1)) given.AddError("--iou is above 0 and at most 1.");
        });
        score.Validators.Add(given =>
        {
            if (!(given.GetValueOrDefault<double>() is >= LowestScore and < 1))
                given.AddError("--score is 0.05 to below 1.");
        });
        command.SetAction(async (parse, stop) =>
        {
            EvaluateCommand.CheckFolders(parse.GetValue(@out));
            var cards = home.Catalog();
            var chosen = parse.GetValue(detectors) is { Length: > 0 } ids
                ? Array.ConvertAll(ids, id => cards[id]) : [ModelsUsed.DefaultDetector(cards)];
            AnnotatedPicture[] pictures = [.. parse.GetRequiredValue(files).SelectMany(DlibAnnotations.Read)];
            var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
            var reports = new List<DetectReport>();
            foreach (var card in chosen)
            {
                var start = home.Time.GetTimestamp();
                var found = new FoundFaces[pictures.Length];
                await ProgressBar.RunAsync(error, card.Id, pictures.Length, step => Batch.RunAsync(
                    pictures.Length,
                    () => FaceFinder.Load(home, card, LowestScore, parse.GetValue(zoom)),
                    (finder, index) =>
                    {
                        found[index] = finder.Find(pictures[index], parse.GetValue(iou), parse.GetValue(score));
                        step();
                    },
                    stop));
                reports.Add(Report(card.Id, pictures, found, parse.GetValue(iou), parse.GetValue(score)) with
                {
                    Seconds = home.Time.GetElapsedTime(start).TotalSeconds,
                });
            }

            if (!EvaluateCommand.Wrote(
                reports, EvaluationJson.Default.IReadOnlyListDetectReport, parse.GetValue(@out), parse.GetValue(json),
                output))
            {
                Print(reports, output);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    static DetectReport Report(string card, AnnotatedPicture[] pictures, FoundFaces[] found, double iou, double score)
    {
        DetectionRates Rates(double least) => DetectionRates.Of(pictures.Zip(found, (picture, faces) =>
            new DetectedPicture(picture.Faces, [.. faces.Boxes.Where(box => box.Score >= least)])), iou);

        var points = LandmarkErrors.Of([.. found.SelectMany(faces => faces.LandmarkErrors)]);
        return DetectReport.Of(card, Rates(score), pictures.Length) with
        {
            AveragePrecision = Rates(LowestScore).AveragePrecision,
            ScoreMin = score,
            LandmarkFaces = points.Faces,
            LandmarkRecall = points.Faces == 0 ? null : points.Recall,
            LandmarkNmeMedian = points.Median,
            DetectMs = StageTimes.MedianOf(found.Select(faces => (double?)faces.Milliseconds)),
        };
    }

    static void Print(List<DetectReport> reports, TextWriter output)
    {
        output.WriteLine($"{reports[0].Pictures:N0} pictures with {reports[0].Faces:N0} marked faces, "
            + string.Create(CultureInfo.InvariantCulture, $"IoU {reports[0].Iou}, score {reports[0].ScoreMin}"));
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(
            "detector", "recall", "95 % interval", "precision", "95 % interval", "AP", "found", "false alarms",
            "points right", "median NME", "ms");
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        foreach (var report in reports)
        {
            table.AddRow(
                Markup.Escape(report.Card),
                Percent(report.Recall), Interval(report.RecallInterval),
                Percent(report.Precision), Interval(report.PrecisionInterval),
                Percent(report.AveragePrecision), $"{report.Detected:N0}", $"{report.FalseAlarms:N0}",
                report.LandmarkRecall is { } right ? Percent(right) : "-",
                Number(report.LandmarkNmeMedian), Milliseconds(report.DetectMs));
        }

        Terminal.On(output).Write(table);
    }
}
