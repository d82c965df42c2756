using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>
/// Finds the five points that alignment uses, with a small regression such as Open Model Zoo's
/// landmarks-regression-retail-0009: x, y of left eye, right eye, nose, left and right mouth corner, relative to the crop.
/// One thread at a time.
/// </summary>
public sealed class FivePointDetector : IDisposable
{
    /// <summary>Eyes nearer than this in the frame are no face that could be aligned.</summary>
    const float EyesApartMin = 1;

    const int Values = 10;

    readonly OnnxModel _model;
    readonly TensorWriter _writer;

    FivePointDetector(OnnxModel model) => (_model, _writer) = (model, new TensorWriter(model.Card.Input));

    public OnnxModel Model => _model;

    /// <exception cref="ModelException">The model is missing, damaged, or does not give five points.</exception>
    public static FivePointDetector Load(ModelCard card, string folder, InferenceOptions? inference = null)
    {
        Check(card);
        return new FivePointDetector(OnnxModel.Load(
            card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(), new ExpectedOutput(null, 1, Values)));
    }

    /// <summary>The same on a session that others share.</summary>
    /// <inheritdoc cref="Load(ModelCard, string, InferenceOptions?)"/>
    public static FivePointDetector Load(ModelCard card, ModelSessions sessions)
    {
        Check(card);
        return new FivePointDetector(OnnxModel.On(sessions.Of(card), new ExpectedOutput(null, 1, Values)));
    }

    static void Check(ModelCard card)
    {
        if (card.Kind is not ModelKind.Landmarks5)
            throw new ModelException(ModelFault.BadCard, $"Card '{card.Id}' is of the kind {card.Kind}, not landmarks5.");
    }

    /// <summary>The points of one face, in pixels of the frame; null when they are no numbers, or all in one place.</summary>
    public Landmarks? Locate(Frame frame, in FaceBox face)
    {
        var crop = Crop(frame, face);
        if (!(crop.Width >= 1 && crop.Height >= 1)) return null;

        var (width, height) = (crop.Width, crop.Height);
        var input = _model.Card.Input;
        _writer.Write(
            frame,
            Matrix3x2.CreateScale(width / input.Width, height / input.Height) * Matrix3x2.CreateTranslation(crop.Left, crop.Top),
            _model.Input);
        _model.Run();
        Span<float> pixels = stackalloc float[Values];
        var shares = _model.Output(0);
        for (var i = 0; i < Values; i += 2) (pixels[i], pixels[i + 1]) = (shares[i] * width, shares[i + 1] * height);

        var five = FivePoints.Read(pixels, new Vector2(crop.Left, crop.Top), stride: 1);
        foreach (var pixel in pixels)
            if (!float.IsFinite(pixel)) return null;

        return five.InterEyeDistance >= EyesApartMin ? five : null;
    }

    /// <summary>The box, enlarged as the card says, as far as the frame goes: what the demos cut out, and stretch.</summary>
    FaceBox Crop(Frame frame, in FaceBox face)
    {
        var (right, down) = (face.Width * _model.Card.Input.Crop / 2, face.Height * _model.Card.Input.Crop / 2);
        return new FaceBox(
            Math.Max(0, face.CentreX - right), Math.Max(0, face.CentreY - down),
            Math.Min(frame.Width, face.CentreX + right), Math.Min(frame.Height, face.CentreY + down), face.Score);
    }

    public void Dispose() => _model.Dispose();
}
