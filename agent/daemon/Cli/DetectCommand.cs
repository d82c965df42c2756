using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary><c>edgeface detect PICTURE…</c>: where the faces are.</summary>
static class DetectCommand
{
    public static Command Create(Installation home)
    {
        var pictures = new Argument<string[]>("PICTURE")
        {
            Description = "JPEG or PNG pictures.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("detect",
            "Finds all faces of pictures: box, 68 points, quality. A picture without a face adds nothing to the "
            + "output. Exit code: 0 a face in at least one picture, 1 in none, 3 a picture cannot be used.")
        {
            pictures,
        };
        var draw = new DrawChoice(command,
            "Draw what was found: the file for one picture, the folder for several.", "OUT");
        var output = new OutputChoice(command,
            "one for each face: file, box [x1, y1, x2, y2], score, landmarks (68 x [x, y]), quality {inter_eye_pixels, "
            + "yaw, pitch, roll, sharpness, brightness, clipped}.",
            "Lines of file,top,right,bottom,left, as face_detection prints them.");
        var models = new ModelChoice(command, zoom: 2);
        command.SetAction((parse, stop) =>
        {
            var files = parse.GetValue(pictures) ?? [];
            using var recognizer = models.Load(parse, home);
            var run = new FileRun(parse.InvocationConfiguration, home.Time, stop);
            return Task.FromResult(
                Run(files, recognizer, run, output.Of(parse), draw.ToFileOrFolder(parse, files)));
        });
        return command;
    }

    static int Run(string[] files, FaceRecognizer recognizer, FileRun run, OutputForm form, DrawnPictures? drawn)
    {
        var found = 0;
        run.Each(files, "Detecting", file =>
        {
            using var frame = PictureReader.Read(file);
            var faces = recognizer.Locate(frame);
            found += faces.Count;
            Print(file, faces, form, run);
            drawn?.Save(file, position: null, FaceDrawing.Draw(frame, [.. faces.Select(MarkOf)]));
        });
        return run.ExitCodeOf(found > 0);
    }

    static void Print(string file, IReadOnlyList<LocatedFace> faces, OutputForm form, FileRun run)
    {
        if (form is OutputForm.Text) run.Print($"{file}: {faces.Count} {(faces.Count == 1 ? "face" : "faces")}");
        foreach (var face in faces)
        {
            run.Print(form switch
            {
                OutputForm.Json => JsonSerializer.Serialize(FoundFace.Of(file, face), FaceJson.Lines.FoundFace),
                OutputForm.Csv => Csv(file, face),
                _ => Text(face),
            }, form);
        }
    }

    static string Csv(string file, LocatedFace face)
    {
        var box = face.Face.Box;
        return CsvRow.Of(file, Whole(box.Top), Whole(box.Right), Whole(box.Bottom), Whole(box.Left));
    }

    static string Whole(float pixels) => ((int)MathF.Round(pixels)).ToString(CultureInfo.InvariantCulture);

    static string Text(LocatedFace face)
    {
        var (box, quality) = (face.Face.Box, face.Quality);
        return string.Create(CultureInfo.InvariantCulture,
            $"  {box.Width:F0} x {box.Height:F0} at {box.Left:F0},{box.Top:F0}  score {box.Score:F3}  "
            + $"eyes {quality.InterEyePixels:F0} px apart  yaw {quality.Pose.Yaw:F0}  pitch {quality.Pose.Pitch:F0}  "
            + $"sharpness {quality.Sharpness:F3}  brightness {quality.Brightness:F0}");
    }

    static FaceMark MarkOf(LocatedFace face) => new(
        face.Face.Box, face.Face.Points, MarkTone.Neutral,
        string.Create(CultureInfo.InvariantCulture, $"{face.Face.Box.Score:P0}"),
        string.Create(CultureInfo.InvariantCulture, $"{face.Quality.InterEyePixels:F0} px"));
}
