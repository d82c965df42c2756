using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>Scores a presentation as a door would. One thread at a time.</summary>
sealed class PadJudge : IDisposable
{
    /// <summary>Of a video, so many looks a second, and the middle one of their scores.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(0.2);

    readonly FaceRecognizer _recognizer;
    readonly PassiveLiveness _liveness;
    readonly FacialMotion _motion;
    readonly float _motionMin = new AccessOptions(new()).MotionMin;
    readonly FaceCandidate[] _faces = new FaceCandidate[16];
    readonly float[] _probe;
    int _count;

    PadJudge(FaceRecognizer recognizer, PassiveLiveness liveness)
    {
        (_recognizer, _liveness) = (recognizer, liveness);
        var card = recognizer.Embedder.Model.Card;
        _motion = new FacialMotion(card.Width, new ThresholdTable(card).ForFmr(SamePerson.Fmr).Similarity);
        _probe = new float[card.Width];
    }

    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public static PadJudge Load(Installation home)
    {
        var (catalog, folder, inference) = (home.Catalog(), home.Data.Models, new InferenceOptions(Threads: 1));
        var recognizer = FaceRecognizer.Load(catalog, folder, new RecognitionOptions(Inference: inference));
        try
        {
            return new PadJudge(recognizer, PassiveLiveness.Load(catalog.DefaultOf(ModelKind.Liveness), folder, inference));
        }
        catch
        {
            recognizer.Dispose();
            throw;
        }
    }

    /// <returns>0..1, null when no face was found: no response; and what denied it apart from its pictures.</returns>
    /// <exception cref="PictureException">The file is neither picture nor video.</exception>
    public (float? Score, string? DeniedBy) Score(string file, CancellationToken stop)
    {
        if (Directory.Exists(file)) return (Clip(file, stop), null);
        if (MediaFile.IsVideo(file)) return Video(file, stop);

        using var picture = PictureReader.Read(file);
        return (Score(picture), null);
    }

    /// <summary>With the cues that take time: what repeats itself, and what moves as a flat picture, is not live.</summary>
    (float? Score, string? DeniedBy) Video(string file, CancellationToken stop)
    {
        var scores = new List<float>();
        var scene = new SceneWatch(new SceneOptions(), TimeProvider.System, SceneFault.None);
        var fault = SceneFault.None;
        var (next, last) = (TimeSpan.Zero, TimeSpan.Zero);
        _motion.Restart();
        VideoSampler.Each(file, TimeSpan.Zero, frame =>
        {
            frame.CapturedAt = (long)(frame.Position.TotalSeconds * TimeProvider.System.TimestampFrequency);
            scene.Look(frame);
            if (fault is SceneFault.None) fault = scene.Fault;
            var (isDue, isMoved) = (frame.Position >= next, _motion.Shown >= _motionMin);
            if (isDue) next = frame.Position + Every;
            if (isMoved && !isDue || Applicant(frame) is not { } applicant) return;

            if (isDue) scores.Add(Score(frame, applicant));
            if (isMoved) return;

            var chip = _recognizer.Aligner.Align(_recognizer.Landmarks.Locate(frame, applicant).Five);
            if (!_recognizer.Embedder.Embed(frame, chip, _probe)) return;

            _motion.See(frame, chip, _probe, frame.Position - last, _motionMin);
            last = frame.Position;
        }, stop);

        var live = Middle(scores);
        return live is null ? (null, null)
            : fault is not SceneFault.None ? (0, Documents.Words.Kebab(fault))
            : _motion.Shown >= _motionMin ? (live, null)
            : (0, "motion");
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

    float? Score(Frame frame) => Applicant(frame) is { } applicant ? Score(frame, applicant) : null;

    /// <param name="frame">In which the applicant was just found.</param>
    /// <param name="applicant">Beside whoever else was.</param>
    float Score(Frame frame, in FaceCandidate applicant) =>
        _liveness.Judge(frame, applicant.Box, _faces.AsSpan(0, _count)).Live;

    /// <summary>The largest face is his.</summary>
    FaceCandidate? Applicant(Frame frame)
    {
        _count = _recognizer.Detector.Detect(frame, _faces);
        if (_count == 0) return null;

        var applicant = _faces[0];
        foreach (ref readonly var face in _faces.AsSpan(0, _count))
            if (face.Box.Area > applicant.Box.Area) applicant = face;
        return applicant;
    }

    public void Dispose()
    {
        _recognizer.Dispose();
        _liveness.Dispose();
    }
}
