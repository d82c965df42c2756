using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary><c>edgeface verify A B</c>: whether two pictures show one person.</summary>
static class VerifyCommand
{
    readonly record struct Side(AlignedFace Face, Embedding Embedding);

    public static Command Create(Installation home)
    {
        var (first, second) = (Picture("A"), Picture("B"));
        var command = new Command("verify",
            "Compares the most prominent face of two pictures. "
            + "Exit code: 0 one person, 1 two people or no face, 3 a picture or the rate cannot be used.")
        {
            first, second,
        };
        var threshold = ThresholdChoice.OfComparison(command);
        var output = new OutputChoice(command,
            "one in all: match, similarity, euclidean_distance, threshold, fmr, file_a, file_b, box_a, box_b.");
        var models = new ModelChoice(command);
        command.SetAction((parse, stop) =>
        {
            using var recognizer = models.LoadLine(parse, home);
            var limit = threshold.ForComparison(parse, recognizer.Embedder.Model.Card);
            var run = new FileRun(parse.InvocationConfiguration, home.Time, stop);
            string[] files = [parse.GetValue(first) ?? "", parse.GetValue(second) ?? ""];
            return Task.FromResult(Run(files, recognizer, limit, run, output.Of(parse)));
        });
        return command;
    }

    static Argument<string> Picture(string name) => new(name) { Description = "A JPEG or PNG picture." };

    static int Run(string[] files, IFaceLine recognizer, Threshold threshold, FileRun run, OutputForm form)
    {
        var sides = new List<Side?>();
        run.Each(files, "Comparing", file => sides.Add(Look(file, recognizer, run)));
        if (sides.Count < files.Length) return run.ExitCodeOf(false);

        var similarity = sides[0] is { } a && sides[1] is { } b ? a.Embedding.SimilarityTo(b.Embedding) : (float?)null;
        var answer = new Verification(
            similarity >= threshold.Similarity, similarity,
            similarity is { } cosine ? Threshold.ToEuclidean(cosine) : null,
            threshold.Similarity, double.IsNaN(threshold.Fmr) ? null : threshold.Fmr,
            files[0], files[1], BoxOf(sides[0]), BoxOf(sides[1]));
        run.Print(form is OutputForm.Json
            ? JsonSerializer.Serialize(answer, FaceJson.Lines.Verification) : Text(answer), form);
        return run.ExitCodeOf(answer.Match);
    }

    static Side? Look(string file, IFaceLine recognizer, FileRun run)
    {
        using var frame = PictureReader.Read(file);
        var faces = recognizer.Find(frame);
        if (faces.Count > 1)
            run.Say($"{file} has {faces.Count} faces: the most prominent one is compared.");
        if (ProminentFace.Of(faces, face => face.Box, frame) is { } face)
            return new Side(face, recognizer.Embed(frame, face));

        run.Say($"{file} has no face.");
        return null;
    }

    static float[]? BoxOf(Side? side) => side is { } seen ? FoundFace.BoxOf(seen.Face.Box) : null;

    static string Text(Verification answer)
    {
        var rate = answer.Fmr is { } fmr
            ? string.Create(CultureInfo.InvariantCulture, $"FMR {fmr:G3}") : "of unknown error rate";
        var found = answer.Similarity is null ? "no face to compare" : string.Create(CultureInfo.InvariantCulture,
            $"similarity {answer.Similarity:F3}, Euclidean distance {answer.EuclideanDistance:F3}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{(answer.Match ? "one person" : "no match")}: {found}; threshold {answer.Threshold:F3} ({rate})");
    }
}
