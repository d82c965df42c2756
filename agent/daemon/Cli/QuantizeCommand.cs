using System.CommandLine;
using EdgeFace.Inference;
using EdgeFace.Profiles;
using EdgeFace.Quantization;

namespace EdgeFace.Cli;

/// <summary><c>edgeface models quantize ID</c>: the options; the work is <see cref="QuantizeRun"/>'s.</summary>
static class QuantizeCommand
{
    const string About = """
        Makes an 8-bit model (ONNX in QDQ form) of an installed one, measures in one run what that costs and what it gains, and
        refuses it when it loses more than the margin. It gets a card, an id and a digest of its own: templates of the float
        model are never compared with it. A model that was quantised elsewhere is installed as any other:
        edgeface models install --card CARD --from FILE.
        """;

    public static Command Create(Installation home, PackageFetch fetch)
    {
        var id = new Argument<string>("id") { Description = "The card id of a float model: detector, landmarks, embedder or liveness." };
        var calibration = new Option<string[]>("--calibration")
        {
            Description = "A folder of pictures with faces, or a list of such, one path a line; may be given again. The model learns "
                + "the ranges of its values from them: none may be among the pictures that it is judged by.",
            HelpName = "FOLDER|LIST",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var most = Ranged("--pictures", "As many calibration pictures are taken.", 200, ModelQuantizer.InputsLeast, 10_000);
        var pairs = new Option<string>("--pairs") { Description = "Of an embedder: the list of pairs that it is judged by, see `evaluate pairs`.", HelpName = "FILE" };
        var images = new Option<string>("--images")
        {
            Description = "The folder that the pairs start from; of another model, the pictures on which it is compared with the float one.",
            HelpName = "FOLDER",
            Required = true,
        };
        var margin = new Option<double?>("--margin")
        {
            Description = "What it may lose, in points. Usual: 0.3 of accuracy on the pairs (embedder); 2 faces in a hundred found or "
                + "missed otherwise than by the float model (detector); points 1 % of the outer eye corners' distance apart (landmarks); "
                + "2 verdicts in a hundred that change at a door's usual limit (liveness).",
            HelpName = "POINTS",
        };
        var own = new Option<string>("--id") { Description = "The new card's id; none means ID-int8.", HelpName = "ID" };
        var @out = new Option<string>("--out") { Description = "A folder to write the model and its card to, if it is within the margin.", HelpName = "FOLDER" };
        var install = new Option<bool>("--install") { Description = "Installs it, if it is within the margin." };
        var range = new Option<RangeMethod>("--range")
        {
            Description = "How the range of a tensor is chosen: with the least squared error, from smallest to largest value, or "
                + "without the outermost 0.01 %.",
            DefaultValueFactory = _ => RangeMethod.LeastError,
        };
        var bits = Ranged("--weight-bits", "8; or 7 for x64 processors without VNNI, whose 16-bit sums overflow with 8.", 8, 7, 8);
        var first = Ranged("--first-float", "So many layers at the input stay in floating point.", 0, 0, 64);
        var last = Ranged("--last-float", "So many layers at the output stay in floating point.", 0, 0, 64);
        var depthwise = new Option<bool>("--depthwise-float") { Description = "Depthwise convolutions stay in floating point." };
        var prelu = new Option<bool>("--keep-prelu")
        {
            Description = "PReLU stays as it is, in floating point; else it becomes two 8-bit convolutions and a sum, which are the same.",
        };
        var exclude = new Option<string[]>("--exclude") { Description = "Names of nodes or of their results that stay in floating point.", HelpName = "NAME" };
        var (threads, json) = (ModelChoice.Threads(), new Option<bool>("--json") { Description = "The whole report as JSON." });
        var command = new Command("quantize", About.ReplaceLineEndings(" "))
        {
            id, calibration, most, pairs, images, margin, own, @out, install, range, bits, first, last, depthwise, prelu, exclude,
            threads, json,
        };
        margin.Validators.Add(given =>
        {
            if (!given.Errors.Any() && given.GetValueOrDefault<double?>() is not (>= 0 and <= 100)) given.AddError("--margin takes 0 to 100 points.");
        });
        command.SetAction(async (parse, stop) =>
        {
            var options = new QuantizationOptions(
                parse.GetValue(range), WeightBits: parse.GetValue(bits), FirstFloat: parse.GetValue(first), LastFloat: parse.GetValue(last),
                DepthwiseFloat: parse.GetValue(depthwise), Exclude: parse.GetValue(exclude),
                PRelu: parse.GetValue(prelu) ? PReluForm.FloatingPoint : PReluForm.TwoConvolutions);
            var job = new QuantizeJob(
                parse.GetRequiredValue(id), parse.GetValue(own) ?? $"{parse.GetRequiredValue(id)}-int8",
                parse.GetRequiredValue(calibration), parse.GetValue(most), parse.GetValue(pairs), parse.GetRequiredValue(images),
                parse.GetValue(margin), parse.GetValue(@out), parse.GetValue(install), options,
                new InferenceOptions(parse.GetValue(threads)));
            EvaluateCommand.CheckFolders(job.Out is null ? null : Path.Combine(job.Out, "model"));
            var report = await new QuantizeRun(home, fetch, parse.InvocationConfiguration.Error).RunAsync(job, stop);
            QuantizeText.Print(report, parse.GetValue(json), parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
            return report.Accepted ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    static Option<int> Ranged(string name, string description, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least} to {most}.", HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(given =>
        {
            if (given.Errors.Any()) return;
            var value = given.GetValueOrDefault<int>();
            if (value < least || value > most) given.AddError($"{name} takes {least} to {most}.");
        });
        return option;
    }
}
