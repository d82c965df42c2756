using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>Finds all faces of a picture of any size. One thread at a time.</summary>
public sealed class FaceDetector : IDisposable
{
    /// <summary>More overlapping boxes than a crowd gives; what comes after is dropped.</summary>
    const int CandidatesMax = 2048;

    readonly OnnxModel _model;
    readonly IBoxDecoder _decoder;
    readonly TensorWriter _writer;
    readonly DetectionOptions _options;
    readonly FaceCandidate[] _candidates = new FaceCandidate[CandidatesMax];

    FaceDetector(OnnxModel model, IBoxDecoder decoder, DetectionOptions options) =>
        (_model, _decoder, _writer, _options) = (model, decoder, new TensorWriter(model.Card.Input), options);

    public OnnxModel Model => _model;

    /// <param name="card">Of the kind ultraface, scrfd or yunet.</param>
    /// <param name="folder">Where its file lies.</param>
    /// <param name="options">What counts as a face.</param>
    /// <param name="inference">How the model is run.</param>
    /// <exception cref="ModelException">The model is missing, damaged, or not of the card's kind.</exception>
    public static FaceDetector Load(
        ModelCard card, string folder, DetectionOptions? options = null, InferenceOptions? inference = null)
    {
        IBoxDecoder decoder = card.Kind switch
        {
            ModelKind.Ultraface => new UltrafaceDecoder(),
            ModelKind.Scrfd => new ScrfdDecoder(),
            ModelKind.Yunet => new YunetDecoder(),
            _ => throw new ModelException(ModelFault.BadCard,
                $"Card '{card.Id}' is of the kind {card.Kind}; faces are found by ultraface, scrfd or yunet."),
        };
        var model = OnnxModel.Load(
            card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(), decoder.Outputs(card.Input));
        return new FaceDetector(model, decoder, options ?? new DetectionOptions());
    }

    /// <summary>Writes the faces found, best score first, in pixels of the frame, and returns how many.</summary>
    /// <param name="frame">Any size.</param>
    /// <param name="faces">The caller's room; faces beyond it, or beyond FacesMax, are left out.</param>
    public int Detect(Frame frame, Span<FaceCandidate> faces)
    {
        var toFrame = Fit(frame);
        _writer.Write(frame, toFrame, _model.Input);
        _model.Run();
        var count = _decoder.Decode(_model, (float)_options.ScoreMin, _candidates);
        var room = faces[..Math.Min(faces.Length, _options.FacesMax)];
        var kept = NonMaximumSuppression.Keep(_candidates.AsSpan(0, count), (float)_options.OverlapMax, room);
        foreach (ref var face in room[..kept]) face = Map(face, toFrame);
        return kept;
    }

    /// <summary>Maps the input onto the frame: all of it stretched, or all of it at one scale with the rest left black.</summary>
    Matrix3x2 Fit(Frame frame)
    {
        var input = _model.Card.Input;
        var scaleX = (float)frame.Width / input.Width;
        var scaleY = (float)frame.Height / input.Height;
        if (input.Fit is InputFit.Letterbox) scaleX = scaleY = Math.Max(scaleX, scaleY);
        return Matrix3x2.CreateScale(scaleX, scaleY);
    }

    static FaceCandidate Map(in FaceCandidate face, in Matrix3x2 toFrame)
    {
        var topLeft = Vector2.Transform(new Vector2(face.Box.Left, face.Box.Top), toFrame);
        var bottomRight = Vector2.Transform(new Vector2(face.Box.Right, face.Box.Bottom), toFrame);
        Landmarks? five = face.Five is { } points
            ? new Landmarks(
                Vector2.Transform(points.LeftEye, toFrame), Vector2.Transform(points.RightEye, toFrame),
                Vector2.Transform(points.Nose, toFrame),
                Vector2.Transform(points.MouthLeft, toFrame), Vector2.Transform(points.MouthRight, toFrame))
            : null;
        return new FaceCandidate(
            new FaceBox(topLeft.X, topLeft.Y, bottomRight.X, bottomRight.Y, face.Box.Score), five);
    }

    public void Dispose() => _model.Dispose();
}
