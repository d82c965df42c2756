using System.Globalization;
using System.Text.Json;

namespace EdgeFace.Cli;

/// <summary>One run of <c>detect</c> over its inputs.</summary>
sealed class DetectRun(IReadOnlyList<DetectRequest> requests, FileRun run, TimeProvider time)
{
    int _faces, _drawn;
    bool _anyVideo;

    public OutputForm Form { get; init; }

    public bool Raw { get; init; }

    public bool Loop { get; init; }

    public DrawnPictures? Drawn { get; init; }

    /// <summary>Most frames of videos and cameras that are drawn; 0: all.</summary>
    public int DrawnMost { get; init; }

    public int Run(IReadOnlyList<string> inputs)
    {
        var start = time.GetTimestamp();
        using var frames = new FramesInFlight(requests, Show, time);
        for (var before = -1; before < 0 || Loop && frames.Frames > before;)
        {
            before = frames.Frames;
            run.Each(inputs, "Detecting", input =>
            {
                foreach (var frame in InputFrames.Of(input, requests.Count, time, run.Stop)) frames.Add(frame);
            });
            frames.Drain();
        }

        if (_anyVideo) SayPace(frames, time.GetElapsedTime(start));
        return run.ExitCodeOf(_faces > 0);
    }

    void SayPace(FramesInFlight frames, TimeSpan took) => run.Say(string.Create(CultureInfo.InvariantCulture,
        $"{frames.Frames} frames, {_faces} faces in {took.TotalSeconds:F1} s: {frames.Frames / took.TotalSeconds:F1} frames/s, "
        + $"latency {frames.OnTheWay.TotalMilliseconds / Math.Max(1, frames.Frames):F1} ms with {requests.Count} in flight."));

    void Show(InputFrame input, IReadOnlyList<SeenFace> faces)
    {
        _faces += faces.Count;
        _anyVideo |= input.Number is not null;
        if (Form is OutputForm.Text) Head(input, faces.Count);
        foreach (var face in faces)
        {
            run.Print(Form switch
            {
                OutputForm.Json => JsonSerializer.Serialize(FoundFace.Of(input, face), FaceJson.Lines.FoundFace),
                OutputForm.Csv => Csv(input.File, face),
                _ => Raw ? Row(face) : Text(face),
            }, Form);
        }

        if (Drawn is null || input.Number is not null && DrawnMost > 0 && _drawn++ >= DrawnMost) return;
        run.Try(() => Drawn.Save(input.File, input.Position, FaceDrawing.Draw(input.Frame, [.. faces.Select(MarkOf)])));
    }

    void Head(InputFrame input, int count)
    {
        var at = input.Position is { } position ? string.Create(CultureInfo.InvariantCulture, $" {position.TotalSeconds:F2} s") : "";
        if (Raw) run.Print($" -------------------- Frame # {input.Number ?? 0}--------------------");
        run.Print($"{input.File}{at}: {count} {(count == 1 ? "face" : "faces")}");
        if (Raw) run.Print(" Class ID  | Confidence | XMIN | YMIN | XMAX | YMAX ");
    }

    /// <summary>As object_detection_demo prints it with -r; a face is class 1 in all the models it was made for.</summary>
    static string Row(in SeenFace face) => string.Create(CultureInfo.InvariantCulture,
        $" {1,-9} | {face.Box.Score,-10:0.######} | {(int)face.Box.Left,-4} | {(int)face.Box.Top,-4} | {(int)face.Box.Right,-4} | {(int)face.Box.Bottom,-4}");

    static string Csv(string file, in SeenFace face) => CsvRow.Of(
        file, Whole(face.Box.Top), Whole(face.Box.Right), Whole(face.Box.Bottom), Whole(face.Box.Left));

    static string Whole(float pixels) => ((int)MathF.Round(pixels)).ToString(CultureInfo.InvariantCulture);

    static string Text(in SeenFace face)
    {
        var box = face.Box;
        var found = string.Create(CultureInfo.InvariantCulture,
            $"  {box.Width:F0} x {box.Height:F0} at {box.Left:F0},{box.Top:F0}  score {box.Score:F3}");
        if (face.Five is { } five) found += string.Create(CultureInfo.InvariantCulture, $"  eyes {five.InterEyeDistance:F0} px apart");
        return face.Quality is not { } quality ? found : found + string.Create(CultureInfo.InvariantCulture,
            $"  yaw {quality.Pose.Yaw:F0}  pitch {quality.Pose.Pitch:F0}  sharpness {quality.Sharpness:F3}  "
            + $"brightness {quality.Brightness:F0}");
    }

    static FaceMark MarkOf(SeenFace face) => new(
        face.Box, face.Points, MarkTone.Neutral,
        string.Create(CultureInfo.InvariantCulture, $"{face.Box.Score:P0}"),
        face.Five is { } five ? string.Create(CultureInfo.InvariantCulture, $"{five.InterEyeDistance:F0} px") : "");
}
