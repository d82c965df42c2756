using System.Globalization;
using System.Text.Json;
using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>One run of <c>identify</c> over many files.</summary>
sealed class Identification(
    IFaceLine recognizer, KnownPeople people, Threshold threshold, TimeProvider time, FileRun run)
{
    readonly AccessPolicy _policy = people.Policy(threshold);
    bool _anyMatch;

    public OutputForm Form { get; init; }

    public bool ShowDistance { get; init; }

    /// <summary>Between two frames of a video.</summary>
    public TimeSpan Every { get; init; }

    public DrawnPictures? Drawn { get; init; }

    public int Run(IReadOnlyList<string> files)
    {
        run.Each(files, "Identifying", file =>
        {
            if (MediaFile.IsVideo(file))
            {
                VideoSampler.Each(file, Every, frame => Look(file, frame, frame.Position), run.Stop);
                return;
            }

            using var frame = PictureReader.Read(file);
            Look(file, frame, position: null);
        });
        return run.ExitCodeOf(_anyMatch);
    }

    void Look(string file, Frame frame, TimeSpan? position)
    {
        var faces = recognizer.Find(frame);
        var seconds = position?.TotalSeconds;
        if (faces.Count == 0) Print(IdentifiedFace.NoFace(file, seconds, threshold), "no face");

        var embeddings = recognizer.Embed(frame, faces);
        var marks = new List<FaceMark>(faces.Count);
        foreach (var (index, face) in faces.Index())
        {
            var seen = people.Recognise(embeddings[index], _policy, time.GetUtcNow());
            var answer = IdentifiedFace.Of(file, seconds, face, seen, threshold);
            _anyMatch |= answer.IsMatch;
            Print(answer, seen.Decision.Explanation);
            marks.Add(MarkOf(face, seen));
        }

        Drawn?.Save(file, position, FaceDrawing.Draw(frame, marks));
    }

    void Print(IdentifiedFace answer, string why) => run.Print(Form switch
    {
        OutputForm.Json => JsonSerializer.Serialize(answer, FaceJson.Lines.IdentifiedFace),
        OutputForm.Csv => Csv(answer),
        _ => Text(answer, why),
    }, Form);

    string Csv(IdentifiedFace answer)
    {
        var name = answer.Box is null ? "no_persons_found" : answer.IsMatch ? answer.Name ?? "" : "unknown_person";
        if (!ShowDistance) return CsvRow.Of(answer.File, name);

        // "None" is what the tool whose columns these are prints where there is no distance.
        return CsvRow.Of(answer.File, name, answer is { IsMatch: true, EuclideanDistance: { } distance }
            ? distance.ToString(CultureInfo.InvariantCulture) : "None");
    }

    static string Text(IdentifiedFace answer, string why)
    {
        var at = answer.PositionSeconds is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $" {seconds:F2} s") : "";
        var who = answer switch
        {
            { Box: null } => why,
            { Name: { } name } => $"{name} ({why})",
            _ => $"{answer.Reason} ({why})",
        };
        return $"{answer.File}{at}: {who}";
    }

    static FaceMark MarkOf(AlignedFace face, in Recognised seen)
    {
        var similarity = seen.Match is { } match
            ? match.Similarity.ToString("F2", CultureInfo.InvariantCulture) : "";
        var (tone, title) = seen switch
        {
            { Decision.OpensDoor: true, Named: { } subject } => (MarkTone.Granted, subject.Name),
            { Named: { } subject } => (MarkTone.Denied, subject.Name),
            _ => (MarkTone.Unknown, seen.Decision.Reason is DenyReason.Ambiguous ? "Not sure" : "Unknown"),
        };
        var detail = tone is MarkTone.Denied ? seen.Decision.Reason.ToString() : similarity;
        return new FaceMark(face.Box, (face as LocatedFace)?.Face.Points, tone, title, detail);
    }
}
