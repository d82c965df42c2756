using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Liveness;

/// <summary>
/// Passive presentation attack detection on one frame (ISO/IEC 30107-3): the model on the applicant's face, the edge of a display
/// below it, and whatever other face is held beside his. Where an attack is in view nobody passes: somebody who holds up a face
/// stands beside it. One thread at a time.
/// </summary>
public sealed class PassiveLiveness : IDisposable
{
    /// <summary>A face with this share of the applicant's area is near enough to be held up by him.</summary>
    const float OtherShare = 0.3f;

    readonly LivenessDetector _detector;
    readonly DisplayEdge _edge = new();

    PassiveLiveness(LivenessDetector detector) => _detector = detector;

    public OnnxModel Model => _detector.Model;

    /// <exception cref="ModelException">The model is missing, damaged, or not of the card's kind.</exception>
    public static PassiveLiveness Load(ModelCard card, string folder, InferenceOptions? inference = null) =>
        new(LivenessDetector.Load(card, folder, inference));

    /// <summary>The same on a session that others share.</summary>
    /// <inheritdoc cref="Load(ModelCard, string, InferenceOptions?)"/>
    public static PassiveLiveness Load(ModelCard card, ModelSessions sessions) => new(LivenessDetector.Load(card, sessions));

    /// <param name="frame">With everybody in it.</param>
    /// <param name="applicant">Whose face.</param>
    /// <param name="faces">All that were found in the frame; the applicant's may be among them.</param>
    public PadReading Judge(Frame frame, in FaceBox applicant, ReadOnlySpan<FaceCandidate> faces)
    {
        var others = 1f;
        foreach (ref readonly var face in faces)
        {
            if (face.Box != applicant && face.Box.Area >= OtherShare * applicant.Area)
                others = Math.Min(others, Own(frame, face.Box, others: 1).Live);
        }

        return Own(frame, applicant, others);
    }

    PadReading Own(Frame frame, in FaceBox box, float others) =>
        PadReading.Fuse(_detector.Score(frame, box), _edge.Coverage(frame, box), others);

    public void Dispose() => _detector.Dispose();
}
