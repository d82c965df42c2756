using System.Numerics;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Recognition;

namespace EdgeFace.Profiles;

/// <summary>
/// What each stage makes of the reference face, and how near that has to be to what the CPU makes of it. Every stage is given where the
/// face is: what a wrong detector does is no fault of the embedder.
/// </summary>
static class StageTrial
{
    /// <summary>Of half precision a face's box moves by a fraction of a pixel.</summary>
    public const double IouMin = 0.9;

    /// <summary>Difference of the score of the face: one that is halved finds nobody at the door's limit.</summary>
    public const double ScoreMax = 0.05;

    /// <summary>Mean distance of the points, in distances between the eyes.</summary>
    public const double PointsMax = 0.02;

    /// <summary>Cosine. Half precision stays above 0.999; eight bits are a model of their own.</summary>
    public const double CosineMin = 0.99;

    /// <summary>Difference of the probability of a live face.</summary>
    public const double LivenessMax = 0.05;

    static readonly FaceBox Face = new(224, 118, 416, 373, 1);
    static readonly Landmarks Five = new(new(280, 214), new(360, 214), new(318, 262), new(292, 308), new(348, 308));

    /// <summary>A run of a stage on the reference face, repeatable; disposed with its tensors.</summary>
    public static (Func<float[]> Run, IDisposable Stage) Open(InferenceStage stage, ModelCard card, ModelSessions sessions, Frame frame)
    {
        switch (stage)
        {
            case InferenceStage.Detection:
                var detector = FaceDetector.Load(card, sessions, new DetectionOptions(ScoreMin: 0.05));
                var found = new FaceCandidate[1];
                return (() => detector.Detect(frame, found) == 0 ? []
                    : [found[0].Box.Left, found[0].Box.Top, found[0].Box.Right, found[0].Box.Bottom, found[0].Box.Score], detector);
            case InferenceStage.Landmarks:
                var landmarks = LandmarkDetector.Load(card, sessions);
                return (() => Points(landmarks.Locate(frame, new FaceCandidate(Face, null)).Points), landmarks);
            case InferenceStage.Embedding:
                var embedder = Embedder.Load(card, sessions);
                var chip = new FaceAligner(card).Align(Five);
                var embedding = new float[embedder.Width];
                return (() => embedder.Embed(frame, chip, embedding) ? embedding : [], embedder);
            default:
                var liveness = LivenessDetector.Load(card, sessions);
                return (() => [liveness.Score(frame, Face)], liveness);
        }
    }

    /// <summary>Null when it is near enough; else how it differs, in words.</summary>
    /// <param name="stage">Which.</param>
    /// <param name="cpu">What the CPU gave.</param>
    /// <param name="other">What the provider gave.</param>
    public static string? Difference(InferenceStage stage, float[] cpu, float[] other)
    {
        if (stage is InferenceStage.Detection && cpu.Length == 5 && other.Length == 5 && !(Math.Abs(cpu[4] - other[4]) <= ScoreMax))
            return FormattableString.Invariant($"the score of the face must be within {ScoreMax} of {cpu[4]:G4}, and it was {other[4]:G4}");
        if (other.Length != cpu.Length || cpu.Length == 0) return $"it gave {other.Length} values where the CPU gave {cpu.Length}";

        // Written so that what is no number is not near.
        var (what, value, isNear) = stage switch
        {
            InferenceStage.Detection => Measured("overlap of the boxes", Iou(cpu, other), value => value >= IouMin, $"at least {IouMin}"),
            InferenceStage.Landmarks => Measured("mean distance of the points", MeanDistance(cpu, other) / Five.InterEyeDistance, value => value <= PointsMax, $"at most {PointsMax} eye distances"),
            InferenceStage.Embedding => Measured("cosine of the embeddings", TensorCosine(cpu, other), value => value >= CosineMin, $"at least {CosineMin}"),
            _ => Measured("difference of the liveness", Math.Abs(cpu[0] - other[0]), value => value <= LivenessMax, $"at most {LivenessMax}"),
        };
        return isNear ? null : FormattableString.Invariant($"{what}, and it was {value:G4}");
    }

    static (string What, double Value, bool IsNear) Measured(string what, double value, Func<double, bool> isNear, FormattableString limit) =>
        ($"{what} must be {FormattableString.Invariant(limit)}", value, isNear(value));

    static float[] Points(in Landmarks68 points)
    {
        var values = new float[2 * Landmarks68.Count];
        for (var i = 0; i < Landmarks68.Count; i++) (values[2 * i], values[2 * i + 1]) = (points[i].X, points[i].Y);
        return values;
    }

    static double Iou(float[] one, float[] other)
    {
        var width = Math.Min(one[2], other[2]) - Math.Max(one[0], other[0]);
        var height = Math.Min(one[3], other[3]) - Math.Max(one[1], other[1]);
        if (!(width > 0 && height > 0)) return 0;

        var both = (double)width * height;
        return both / (Area(one) + Area(other) - both);

        static double Area(float[] box) => (double)(box[2] - box[0]) * (box[3] - box[1]);
    }

    static double MeanDistance(float[] one, float[] other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i += 2) sum += Vector2.Distance(new(one[i], one[i + 1]), new(other[i], other[i + 1]));
        return sum / (one.Length / 2);
    }

    static double TensorCosine(float[] one, float[] other) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(one, other);
}
