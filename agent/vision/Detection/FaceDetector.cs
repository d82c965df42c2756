using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>Finds all faces of a picture of any size. One thread at a time.</summary>
public sealed class FaceDetector : IDisposable
{
    /// <summary>Parts are so much wider than their share of the picture, so that a face on a border is whole in one of them.</summary>
    const float PartShare = 1.25f;

    const float EdgePixels = 1;

    /// <summary>Parts are looked at where they are so much finer than the input: nearer to it, the whole shows as much.</summary>
    const float FineEnough = 1.5f;

    const int BoxSides = 4;

    readonly OnnxModel _model;
    readonly IBoxDecoder _decoder;
    readonly TensorWriter _writer;
    readonly DetectionOptions _options;
    readonly FaceCandidate[] _candidates;
    readonly FaceBox[] _parts;

    FaceDetector(OnnxModel model, IBoxDecoder decoder, DetectionOptions options) =>
        (_model, _decoder, _writer, _options, _parts, _candidates) = (
            model, decoder, new TensorWriter(model.Card.Input), options, new FaceBox[options.Zoom * options.Zoom],
            new FaceCandidate[(1 + options.Zoom * options.Zoom) * BoxesOf(decoder, model)]);

    /// <summary>Kinds of models that find faces.</summary>
    public static ReadOnlySpan<ModelKind> Kinds => [ModelKind.Ultraface, ModelKind.Scrfd, ModelKind.Yunet, ModelKind.Ssd];

    /// <summary>All boxes of one look have room, however low the score: none is lost for the place it stands at.</summary>
    static int BoxesOf(IBoxDecoder decoder, OnnxModel model)
    {
        var (outputs, boxes) = (decoder.Outputs(model.Card.Input), 0);
        for (var i = 0; i < outputs.Length; i++)
            if (outputs[i].Columns is BoxSides or SsdDecoder.Columns) boxes += model.Room(i) / outputs[i].Columns;

        return boxes;
    }

    public OnnxModel Model => _model;

    /// <param name="card">Of the kind ultraface, scrfd, yunet or ssd.</param>
    /// <param name="folder">Where its file lies.</param>
    /// <param name="options">What counts as a face.</param>
    /// <param name="inference">How the model is run.</param>
    /// <exception cref="ModelException">The model is missing, damaged, or not of the card's kind.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FaceDetector Load(
        ModelCard card, string folder, DetectionOptions? options = null, InferenceOptions? inference = null)
    {
        var (checkedOptions, decoder) = (OptionsCheck.Ensure(options ?? new DetectionOptions()), DecoderOf(card));
        var model = OnnxModel.Load(
            card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(), decoder.Outputs(card.Input));
        return new FaceDetector(model, decoder, checkedOptions);
    }

    /// <summary>The same on a session that others share.</summary>
    /// <inheritdoc cref="Load(ModelCard, string, DetectionOptions?, InferenceOptions?)"/>
    public static FaceDetector Load(ModelCard card, ModelSessions sessions, DetectionOptions? options = null)
    {
        var (checkedOptions, decoder) = (OptionsCheck.Ensure(options ?? new DetectionOptions()), DecoderOf(card));
        return new FaceDetector(OnnxModel.On(sessions.Of(card), decoder.Outputs(card.Input)), decoder, checkedOptions);
    }

    static IBoxDecoder DecoderOf(ModelCard card) => card.Kind switch
    {
        ModelKind.Ultraface => new UltrafaceDecoder(),
        ModelKind.Scrfd => new ScrfdDecoder(),
        ModelKind.Yunet => new YunetDecoder(),
        ModelKind.Ssd => new SsdDecoder(),
        _ => throw new ModelException(ModelFault.BadCard,
            $"Card '{card.Id}' is of the kind {card.Kind}; faces are found by ultraface, scrfd, yunet or ssd."),
    };

    /// <summary>Writes the faces found, best score first, in pixels of the frame, and returns how many.</summary>
    /// <param name="frame">Any size.</param>
    /// <param name="faces">The caller's room; faces beyond it, or beyond FacesMax, are left out.</param>
    public int Detect(Frame frame, Span<FaceCandidate> faces)
    {
        var count = Look(frame, new FaceBox(0, 0, frame.Width, frame.Height, 1), 0);
        foreach (ref readonly var part in Parts(frame)) count = Look(frame, part, count);

        var room = faces[..Math.Min(faces.Length, _options.FacesMax)];
        return NonMaximumSuppression.Keep(_candidates.AsSpan(0, count), (float)_options.OverlapMax, room);
    }

    /// <summary>Looks at one part of the frame and adds what it finds to the candidates; returns how many there are now.</summary>
    int Look(Frame frame, in FaceBox part, int count)
    {
        var toFrame = Fit(part);
        _writer.Write(frame, toFrame, _model.Input);
        _model.Run();
        var found = _candidates.AsSpan(count)[.._decoder.Decode(_model, (float)_options.ScoreMin, _candidates.AsSpan(count))];
        foreach (ref readonly var one in found)
        {
            var face = Map(one, toFrame);
            if (!IsCut(face.Box, part, frame)) _candidates[count++] = face;
        }

        return count;
    }

    /// <summary>
    /// The overlapping parts of a picture that is much finer than the model's input: faces too small in the whole are found
    /// there (slicing aided inference, Akyon et al., 2022)..
    /// </summary>
    ReadOnlySpan<FaceBox> Parts(Frame frame)
    {
        var zoom = _options.Zoom;
        var (width, height) = (frame.Width * PartShare / zoom, frame.Height * PartShare / zoom);
        if (zoom < 2 || width < FineEnough * _model.Card.Input.Width || height < FineEnough * _model.Card.Input.Height) return [];

        for (var i = 0; i < zoom * zoom; i++)
        {
            var left = (frame.Width - width) * (i % zoom) / (zoom - 1);
            var top = (frame.Height - height) * (i / zoom) / (zoom - 1);
            _parts[i] = new FaceBox(left, top, left + width, top + height, 1);
        }

        return _parts.AsSpan(0, zoom * zoom);
    }

    /// <summary>A face that reaches over the edge of a part, where the picture goes on, is seen whole elsewhere.</summary>
    static bool IsCut(in FaceBox face, in FaceBox part, Frame frame) =>
        (part.Left > 0 && face.Left <= part.Left + EdgePixels)
        || (part.Top > 0 && face.Top <= part.Top + EdgePixels)
        || (part.Right < frame.Width - 1 && face.Right >= part.Right - EdgePixels)
        || (part.Bottom < frame.Height - 1 && face.Bottom >= part.Bottom - EdgePixels);

    /// <summary>Maps the input onto a part of the frame: stretched, or at one scale with the rest left as it comes.</summary>
    Matrix3x2 Fit(in FaceBox part)
    {
        var input = _model.Card.Input;
        var scaleX = part.Width / input.Width;
        var scaleY = part.Height / input.Height;
        if (input.Fit is InputFit.Letterbox) scaleX = scaleY = Math.Max(scaleX, scaleY);
        return Matrix3x2.CreateScale(scaleX, scaleY) * Matrix3x2.CreateTranslation(part.Left, part.Top);
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
