using System.Globalization;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>Makes samples of pictures and videos. What is not good enough is said, with value and limit.</summary>
/// <param name="recognizer">Finds, judges and embeds.</param>
/// <param name="largest">Of several faces take the most prominent, where otherwise the picture is refused.</param>
/// <param name="samePersonMin">Cosine from which on two frames of a video show one person, -1..1.</param>
/// <param name="run">Hears what is left out.</param>
sealed class SampleGathering(FaceRecognizer recognizer, bool largest, float samePersonMin, FileRun run)
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

    IReadOnlyList<EnrollmentSample> FromVideo(string file)
    {
        var (good, looked, last) = (new List<EnrollmentSample>(), 0, "");
        VideoSampler.Each(file, BetweenFrames, frame =>
        {
            looked++;
            if (Sample(frame, TakenAt(file) + frame.Position, out var refusal) is { } sample) good.Add(sample);
            else last = refusal;
        }, run.Stop);
        if (good.Count == 0) run.Say($"{file}: none of {looked} frames can be enrolled; of the last one: {last}.");
        return SpreadOverTime(OfOnePerson(file, good));
    }

    /// <summary>Whoever walks through the picture is no part of the person.</summary>
    IReadOnlyList<EnrollmentSample> OfOnePerson(string file, List<EnrollmentSample> good)
    {
        var kept = OnePerson.Majority(good, sample => sample.Embedding, samePersonMin);
        if (kept.Count < good.Count)
        {
            run.Say(string.Create(CultureInfo.InvariantCulture,
                $"{file}: {good.Count - kept.Count} of {good.Count} frames are left out: they do not show the person "
                + $"of most frames (similarity below {samePersonMin:F3}). To take them all: --force."));
        }

        return kept;
    }

    /// <summary>The best frame of each tenth.</summary>
    static IReadOnlyList<EnrollmentSample> SpreadOverTime(IReadOnlyList<EnrollmentSample> good) => good.Count <= SamplesOfVideo
        ? good
        : [.. good.Index()
            .GroupBy(each => each.Index * SamplesOfVideo / good.Count)
            .Select(tenth => tenth.Select(each => each.Item).MaxBy(sample => sample.Quality))];

    /// <summary>When the file was last written: the nearest that is known to when the light fell in.</summary>
    static DateTimeOffset TakenAt(string file) => new(File.GetLastWriteTimeUtc(file), TimeSpan.Zero);
}
