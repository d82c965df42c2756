using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Liveness;

/// <summary>
/// Says how much one frame looks like a live person and not like a print or a screen (passive presentation attack
/// detection, ISO/IEC 30107-3). It sees the surroundings of the face too, for the edges of a picture. One thread at a time.
/// </summary>
public sealed class LivenessDetector : IDisposable
{
    const int Classes = 3;

    readonly OnnxModel _model;
    readonly TensorWriter _writer;

    LivenessDetector(OnnxModel model) => (_model, _writer) = (model, new TensorWriter(model.Card.Input));

    public OnnxModel Model => _model;

    /// <exception cref="ModelException">The model is missing, damaged, or not of the card's kind.</exception>
    public static LivenessDetector Load(ModelCard card, string folder, InferenceOptions? inference = null)
    {
        Check(card);
        return new LivenessDetector(OnnxModel.Load(
            card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(), new ExpectedOutput(null, 1, Classes)));
    }

    /// <summary>The same on a session that others share.</summary>
    /// <inheritdoc cref="Load(ModelCard, string, InferenceOptions?)"/>
    public static LivenessDetector Load(ModelCard card, ModelSessions sessions)
    {
        Check(card);
        return new LivenessDetector(OnnxModel.On(sessions.Of(card), new ExpectedOutput(null, 1, Classes)));
    }

    static void Check(ModelCard card)
    {
        if (card.Kind is not ModelKind.Liveness || card.LiveClass is < 0 or >= Classes)
            throw new ModelException(ModelFault.BadCard, $"Card '{card.Id}' is no liveness model of {Classes} classes.");
    }

    /// <summary>Probability of the live class, 0..1. Zero when the model gave no number: unknown is not live.</summary>
    public float Score(Frame frame, in FaceBox box)
    {
        _writer.Write(frame, Surroundings(frame, box, _model.Card.Input), _model.Input);
        _model.Run();
        return Softmax(_model.Output(0), _model.Card.LiveClass);
    }

    /// <summary>
    /// The box enlarged about its centre and shifted, never padded, to stay in the frame, as the model was trained
    /// (Silent-Face-Anti-Spoofing, Minivision, 2020): a black border would look like the edge of a screen.
    /// </summary>
    internal static Matrix3x2 Surroundings(Frame frame, in FaceBox box, ModelInput input)
    {
        var enlarge = Math.Min(input.Crop, Math.Min(frame.Width / box.Width, frame.Height / box.Height));
        var (width, height) = (box.Width * enlarge, box.Height * enlarge);
        // Rounding may leave the crop a hair larger than the frame: the room for shifting is never negative.
        var left = Math.Clamp(box.CentreX - width / 2, 0, Math.Max(0, frame.Width - width));
        var top = Math.Clamp(box.CentreY - height / 2, 0, Math.Max(0, frame.Height - height));
        return Matrix3x2.CreateScale(width / input.Width, height / input.Height) * Matrix3x2.CreateTranslation(left, top);
    }

    static float Softmax(ReadOnlySpan<float> logits, int wanted)
    {
        var sum = 0f;
        foreach (var logit in logits) sum += MathF.Exp(logit - logits[wanted]);
        return float.IsFinite(sum) ? 1 / sum : 0;
    }

    public void Dispose() => _model.Dispose();
}
