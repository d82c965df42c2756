using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Recognition;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>Makes samples of pictures and videos. What is not good enough is said, with value and limit.</summary>
sealed class SampleGathering(FaceRecognizer recognizer, bool largest, FileRun run)
{
    /// <summary>More of one video would be the same minute once more.</summary>
    const int SamplesOfVideo = 10;

    static readonly TimeSpan BetweenFrames = TimeSpan.FromSeconds(0.25);

    /// <summary>None when the file has no face that can be enrolled; that is said, and other files may do.</summary>
    /// <exception cref="PictureException">The file cannot be used.</exception>
    public IReadOnlyList<EnrollmentSample> From(string file)
    {
        if (MediaFile.IsVideo(file)) return FromVideo(file);

        using var frame = PictureReader.Read(file);
        if (Sample(frame, TakenAt(file), out var refusal) is { } sample) return [sample];

        run.Say($"{file}: {refusal}.");
        return [];
    }

    EnrollmentSample? Sample(Frame frame, DateTimeOffset takenAt, out string refusal)
    {
        refusal = "";
        var faces = recognizer.Locate(frame);
        if (faces.Count == 0)
            refusal = "no face was found; give a picture with a face";
        else if (faces.Count > 1 && !largest)
            refusal = $"{faces.Count} faces were found where one is allowed; cut the picture, or say --largest";
        if (refusal.Length > 0 || ProminentFace.Of(faces, face => face.Face.Box, frame) is not { } face) return null;

        if (QualityLimits.Enrollment.Check(face.Quality) is { } shortfall)
        {
            refusal = shortfall.ToString();
            return null;
        }

        return new EnrollmentSample(recognizer.Embed(frame, face), QualityScore.Of(face.Quality), takenAt);
    }

    List<EnrollmentSample> FromVideo(string file)
    {
        var (good, looked, last) = (new List<EnrollmentSample>(), 0, "");
        VideoSampler.Each(file, BetweenFrames, frame =>
        {
            looked++;
            if (Sample(frame, TakenAt(file) + frame.Position, out var refusal) is { } sample) good.Add(sample);
            else last = refusal;
        }, run.Stop);
        if (good.Count == 0) run.Say($"{file}: none of {looked} frames can be enrolled; of the last one: {last}.");
        return SpreadOverTime(good);
    }

    /// <summary>The best frame of each tenth.</summary>
    static List<EnrollmentSample> SpreadOverTime(List<EnrollmentSample> good) => good.Count <= SamplesOfVideo
        ? good
        : [.. good.Index()
            .GroupBy(each => each.Index * SamplesOfVideo / good.Count)
            .Select(tenth => tenth.Select(each => each.Item).MaxBy(sample => sample.Quality))];

    /// <summary>When the file was last written: the nearest that is known to when the light fell in.</summary>
    static DateTimeOffset TakenAt(string file) => new(File.GetLastWriteTimeUtc(file), TimeSpan.Zero);
}
