using System.CommandLine;
using System.Text;
using EdgeFace.Access;
using EdgeFace.Evaluation;
using EdgeFace.Inference;
using EdgeFace.Keeping;

namespace EdgeFace.Cli;

/// <summary><c>edgeface pad report DIR|MANIFEST</c>: the report of a customer's own test, in one file for people.</summary>
static class PadReportCommand
{
    public static Command Create(Installation home)
    {
        var list = new Argument<string>("DIR|MANIFEST") { Description = $"A list as for pad evaluate, or the folder of pad capture, in which it is {PresentationFolder.List}." };
        var threshold = PadCommand.Threshold();
        var claim = new Option<double>("--claim")
        {
            Description = "The APCER that is to be shown, above 0 and below 1: the report says how many presentations that takes.",
            HelpName = "APCER",
            DefaultValueFactory = _ => 0.05,
        };
        claim.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double>() is not (> 0 and < 1)) given.AddError("--claim is above 0 and below 1.");
        });
        var @out = new Option<string?>("--out") { Description = "One HTML file with all in it; without, report.html beside the list.", HelpName = "FILE" };
        var command = new Command("report",
            "The report of your own test after ISO/IEC 30107-3, for whoever answers for the door: what was presented, what got through, "
            + "and what that shows. Not a certified test.") { list, threshold, claim, @out };
        command.SetAction(async (parse, stop) =>
        {
            var given = parse.GetRequiredValue(list);
            var manifest = Directory.Exists(given) ? Path.Combine(given, PresentationFolder.List) : given;
            var file = parse.GetValue(@out) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(manifest)) ?? "/", "report.html");
            EvaluateCommand.CheckFolders(file);
            var trials = await PadScoring.OfAsync(home, PadManifest.Read(manifest), parse.InvocationConfiguration.Error, stop);
            var test = PadTest.Of(
                trials, parse.GetValue(threshold) ?? new AccessOptions(new()).LivenessMin, new RateClaim(parse.GetValue(claim)),
                home.Catalog().DefaultOf(ModelKind.Liveness), manifest, home.Time.GetLocalNow());
            AtomicFile.Write(file, Encoding.UTF8.GetBytes(PadHtml.Of(test)));
            var output = parse.InvocationConfiguration.Output;
            await output.WriteLineAsync(PlainText.Of(test.Headline));
            await output.WriteLineAsync(PlainText.Of($"In {file}. Not a certified test."));
            return ExitCode.Ok;
        });
        return command;
    }
}
