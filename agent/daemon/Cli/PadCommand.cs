using System.CommandLine;
using EdgeFace.Access;
using EdgeFace.Evaluation;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary><c>edgeface pad evaluate MANIFEST</c>, and where its like are.</summary>
static class PadCommand
{
    public static Command Create(Installation home, DaemonCall daemon) =>
        new("pad", "Presentation attack detection: how well pictures, screens and masks are told from living people.")
        {
            Evaluate(home), PadCalibrate.Create(daemon), PadCapture.Create(home, daemon), PadReportCommand.Create(home), PadMoments.Create(home),
        };

    static Command Evaluate(Installation home)
    {
        var manifest = new Argument<string>("MANIFEST")
        {
            Description = "CSV with the header path,label,attack,subject,camera: pictures, videos or folders of pictures, label live or spoof.",
        };
        var threshold = Threshold();
        var calibrate = new Option<double?>("--calibrate")
        {
            Description = "Besides, a threshold for each camera, set for this BPCER on some of its people (or pictures) and tested on the others.",
            HelpName = "BPCER",
        };
        calibrate.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double?>() is { } value && !(value is > 0 and < 1)) given.AddError("--calibrate is above 0 and below 1.");
        });
        var each = new Option<bool>("--each") { Description = "Besides, every presentation with its liveness and verdict." };
        var (json, @out, det) = (EvaluateCommand.Json(), EvaluateCommand.Out(), EvaluateCommand.Det());
        var command = new Command("evaluate",
            "APCER for each species of attack, BPCER and non-responses after ISO/IEC 30107-3, with exact intervals, by camera and by "
            + "person. Not a certified test.") { manifest, threshold, calibrate, each, json, @out, det };
        command.SetAction(async (parse, stop) =>
        {
            EvaluateCommand.CheckFolders(parse.GetValue(@out), parse.GetValue(det));
            var (list, error) = (parse.GetRequiredValue(manifest), parse.InvocationConfiguration.Error);
            var output = parse.InvocationConfiguration.Output;
            var trials = await PadScoring.OfAsync(home, PadManifest.Read(list), error, stop);
            var at = parse.GetValue(threshold) ?? new AccessOptions(new()).LivenessMin;
            var report = PadReport.Of(
                trials, at, home.Catalog().DefaultOf(ModelKind.Liveness).Id,
                parse.GetValue(calibrate) is { } bpcer ? PadCalibration.Of(trials, bpcer) : null,
                parse.GetValue(each));
            if (parse.GetValue(det) is { } plot)
                new DetPlot(Path.GetFileName(list), "APCER", "BPCER").Save(plot, [new DetSeries(report.Model, PadReport.Curve(trials))]);
            if (!EvaluateCommand.Wrote(report, EvaluationJson.Default.PadReport, parse.GetValue(@out), parse.GetValue(json), output))
                PadText.Print(Path.GetFileName(list), report, output);
            return ExitCode.Ok;
        });
        return command;
    }

    public static Option<double?> Threshold()
    {
        var threshold = new Option<double?>("--threshold")
        {
            Description = "From which liveness on a presentation is taken for a living person, 0 to 1; without, the default of doors. The limit of a calibrated door stands in edgeface status.",
        };
        threshold.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double?>() is { } value && !(value is >= 0 and <= 1)) given.AddError("--threshold is 0 to 1.");
        });
        return threshold;
    }
}
