using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Liveness;

namespace EdgeFace.Cli;

/// <summary>Scores a presentation as a door would. One thread at a time.</summary>
sealed class PadJudge : IDisposable
{
    /// <summary>Of a video, so many looks a second, and the middle one of their scores.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(0.2);

    readonly FaceDetector _detector;
    readonly PassiveLiveness _liveness;
    readonly FaceCandidate[] _faces = new FaceCandidate[16];

    PadJudge(FaceDetector detector, PassiveLiveness liveness) => (_detector, _liveness) = (detector, liveness);

    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public static PadJudge Load(Installation home)
    {
        var (catalog, folder, inference) = (home.Catalog(), home.Data.Models, new InferenceOptions(Threads: 1));
        var detector = FaceDetector.Load(ModelsUsed.DefaultDetector(catalog), folder, new DetectionOptions(), inference);
        try
        {
            return new PadJudge(detector, PassiveLiveness.Load(catalog.DefaultOf(ModelKind.Liveness), folder, inference));
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    /// <returns>0..1; null when no face was found: no response.</returns>
    /// <exception cref="PictureException">The file is neither picture nor video.</exception>
    public float? Score(string file, CancellationToken stop)
    {
        if (Directory.Exists(file)) return Clip(file, stop);
        if (!MediaFile.IsVideo(file))
        {
            using var picture = PictureReader.Read(file);
            return Score(picture);
        }

        var scores = new List<float>();
        VideoSampler.Each(file, Every, frame =>
        {
            if (Score(frame) is { } score) scores.Add(score);
        }, stop);
        return Middle(scores);
    }

    /// <summary>The pictures of one presentation.</summary>
    float? Clip(string folder, CancellationToken stop)
    {
        var scores = new List<float>();
        foreach (var file in PictureFolder.Files(folder))
        {
            stop.ThrowIfCancellationRequested();
            using var picture = PictureReader.Read(file);
            if (Score(picture) is { } score) scores.Add(score);
        }

        return Middle(scores);
    }

    static float? Middle(List<float> scores)
    {
        scores.Sort();
        return scores.Count == 0 ? null : scores[scores.Count / 2];
    }

    /// <summary>The largest face is the applicant's.</summary>
    float? Score(Frame frame)
    {
        var faces = _faces.AsSpan(0, _detector.Detect(frame, _faces));
        if (faces.IsEmpty) return null;

        var applicant = faces[0].Box;
        foreach (ref readonly var face in faces)
            if (face.Box.Area > applicant.Area) applicant = face.Box;
        return _liveness.Judge(frame, applicant, faces).Live;
    }

    public void Dispose()
    {
        _detector.Dispose();
        _liveness.Dispose();
    }
}
