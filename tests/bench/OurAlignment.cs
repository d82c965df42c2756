using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Benchmarks;

/// <summary>What dlib's align does, with ours: all faces, the 68 points of each, and the chip of each written out.</summary>
sealed class OurAlignment : IDisposable
{
    readonly FaceDetector _detector;
    readonly LandmarkDetector _landmarks;
    readonly FaceAligner _aligner;
    readonly TensorWriter _writer;
    readonly float[] _chip;
    readonly FaceCandidate[] _faces = new FaceCandidate[new DetectionOptions().FacesMax];

    public OurAlignment(Installation home, int threads)
    {
        var models = ModelsUsed.Choose(home, null, null);
        var inference = new InferenceOptions(threads);
        _detector = FaceDetector.Load(models.Detector, models.Folder, inference: inference);
        _landmarks = LandmarkDetector.Load(models.Landmarks, models.Folder, inference);
        _aligner = new FaceAligner(models.Embedder);
        var input = models.Embedder.Input;
        _writer = new TensorWriter(input);
        _chip = new float[3 * input.Width * input.Height];
    }

    /// <returns>The number of faces and the time from frame to the last chip.</returns>
    public (int Faces, double Ms) Run(Frame frame, TimeProvider time)
    {
        var start = time.GetTimestamp();
        var count = _detector.Detect(frame, _faces);
        for (var i = 0; i < count; i++)
        {
            var chip = _aligner.Align(_landmarks.Locate(frame, _faces[i]).Five);
            _writer.Write(frame, chip.ToFrame, _chip);
        }

        return (count, time.GetElapsedTime(start).TotalMilliseconds);
    }

    public void Dispose()
    {
        _detector.Dispose();
        _landmarks.Dispose();
    }
}
