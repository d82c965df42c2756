using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>Finds 68 points of a face. One thread at a time.</summary>
public sealed class LandmarkDetector : IDisposable
{
    readonly OnnxModel _model;
    readonly TensorWriter _writer;

    LandmarkDetector(OnnxModel model) => (_model, _writer) = (model, new TensorWriter(model.Card.Input));

    public OnnxModel Model => _model;

    /// <exception cref="ModelException">The model is missing, damaged, or does not give 68 points.</exception>
    public static LandmarkDetector Load(ModelCard card, string folder, InferenceOptions? inference = null)
    {
        if (card.Kind is not ModelKind.Landmarks68)
            throw new ModelException(ModelFault.BadCard, $"Card '{card.Id}' is of the kind {card.Kind}, not landmarks68.");

        return new LandmarkDetector(OnnxModel.Load(
            card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(),
            new ExpectedOutput(null, 1, 2 * Landmarks68.Count)));
    }

    /// <summary>The points of one face, in pixels of the frame.</summary>
    public DetectedFace Locate(Frame frame, in FaceCandidate face)
    {
        var points = Read(frame, Square(face.Box));
        return new DetectedFace(face.Box, points, points.Five);
    }

    /// <summary>
    /// Box to square by its height, about its centre: the height of a face box varies less with pose than its width does.
    /// </summary>
    Matrix3x2 Square(in FaceBox box)
    {
        var side = box.Height;
        return Matrix3x2.CreateScale(side / _model.Card.Input.Width)
            * Matrix3x2.CreateTranslation(box.CentreX - side / 2, box.CentreY - side / 2);
    }

    Landmarks68 Read(Frame frame, in Matrix3x2 toFrame)
    {
        _writer.Write(frame, toFrame, _model.Input);
        _model.Run();
        var values = _model.Output(0);
        var side = _model.Card.Input.Width;
        var points = new Landmarks68();
        for (var i = 0; i < Landmarks68.Count; i++)
            points[i] = Vector2.Transform(new Vector2(values[2 * i], values[2 * i + 1]) * side, toFrame);

        return points;
    }

    public void Dispose() => _model.Dispose();
}
