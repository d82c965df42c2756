using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Evaluation;
using EdgeFace.Inference;
using EdgeFace.Liveness;

namespace EdgeFace.Cli;

/// <summary>Reads the movements of the largest face of a video, as an active challenge does. One thread at a time.</summary>
sealed class MomentReader : IDisposable
{
    readonly FaceDetector _detector;
    readonly LandmarkDetector _landmarks;
    readonly FaceCandidate[] _faces = new FaceCandidate[16];

    MomentReader(FaceDetector detector, LandmarkDetector landmarks) => (_detector, _landmarks) = (detector, landmarks);

    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public static MomentReader Load(Installation home)
    {
        var (catalog, folder, inference) = (home.Catalog(), home.Data.Models, new InferenceOptions(Threads: 1));
        var detector = FaceDetector.Load(ModelsUsed.DefaultDetector(catalog), folder, new DetectionOptions(), inference);
        try
        {
            return new MomentReader(detector, LandmarkDetector.Load(catalog.DefaultOf(ModelKind.Landmarks68), folder, inference));
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    /// <exception cref="PictureException">The video cannot be used.</exception>
    public WatchedVideo Watch(LabelledVideo video, CancellationToken stop)
    {
        var (reader, read) = (new MovementReader(), new List<ReadMoment>());
        var (first, last) = (double.PositiveInfinity, 0.0);
        using var file = new VideoReader(video.File);
        var pool = new FramePool(1, file.Width, file.Height);
        file.SeekTo(TimeSpan.FromSeconds(video.From));
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            using var frame = file.Read(pool);
            if (frame is null || frame.Position.TotalSeconds >= video.To) break;

            last = frame.Position.TotalSeconds;
            first = Math.Min(first, last);
            if (LookOf(frame) is not { } look) continue;

            reader.See(look, frame.Position);
            for (var movement = Movement.TurnLeft; movement <= Movement.ComeCloser; movement++)
                if (reader.Began(movement)) read.Add(new ReadMoment(last, movement));
        }

        return new WatchedVideo(video, read, Math.Max(0, last - first));
    }

    FaceLook? LookOf(Frame frame)
    {
        var faces = _faces.AsSpan(0, _detector.Detect(frame, _faces));
        if (faces.IsEmpty) return null;

        var applicant = faces[0];
        foreach (ref readonly var face in faces)
            if (face.Box.Area > applicant.Box.Area) applicant = face;
        var points = _landmarks.Locate(frame, applicant).Points;
        return FaceLook.Of(points, HeadPose.From(points));
    }

    public void Dispose()
    {
        _detector.Dispose();
        _landmarks.Dispose();
    }
}
