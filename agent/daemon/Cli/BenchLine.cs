using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>A door's whole work on a frame, without the door. One thread at a time; it takes what it is given along when it goes.</summary>
sealed class BenchLine(FaceRecognizer recognizer, PassiveLiveness liveness, Gallery people, TimeProvider time) : IDisposable
{
    /// <summary>Refuses nobody before the search: every stage of the line has its turn in every frame.</summary>
    public static readonly AccessOptions Anybody = new(new QualityLimits(8, 90, 90, 0, 0, 255), LivenessMin: 0, MotionMin: 0, MarginMin: 0);

    readonly DoorPipeline _pipeline = new(
        recognizer, liveness, new GallerySlot(people),
        new AccessPolicy(new Threshold(recognizer.Embedder.Model.Card.ModelId, 0.5f, 1, 1, 1), new Dictionary<SubjectId, Validity>(), Anybody), time);

    /// <summary>Made up, and alike for everybody who measures.</summary>
    public static Gallery People(int templates, int width) =>
        SearchBenchmark.Make(new SyntheticRows(GalleryShape.Clustered, width, seed: 1), templates, width, Kernels.Best);

    /// <returns>False: the frame has no face.</returns>
    public bool Judge(Frame frame) => _pipeline.Judge(frame) is not null;

    /// <summary>It holds what the last frame fed it.</summary>
    public OnnxModel ModelOf(InferenceStage stage) => stage switch
    {
        InferenceStage.Detection => recognizer.Detector.Model,
        InferenceStage.Landmarks => recognizer.Landmarks.Model,
        InferenceStage.Embedding => recognizer.Embedder.Model,
        _ => liveness.Model,
    };

    public void Dispose()
    {
        recognizer.Dispose();
        liveness.Dispose();
    }
}
