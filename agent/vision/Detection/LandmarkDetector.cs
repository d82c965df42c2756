using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>
/// Finds 68 points of a face. Each crop is read twice, as it is and mirrored: the mean of the two is steadier than either,
/// and their difference tells how far to trust it, without knowing the truth (Yang and Patras, "Mirror, mirror on the
/// wall, tell me, is the error small?", CVPR 2015). Where it is large, as it is when a detector's box sits too high on a
/// bowed head, other crops about the box are tried and the one that agrees best with its mirror image is taken.
/// One thread at a time.
/// </summary>
public sealed class LandmarkDetector : IDisposable
{
    /// <summary>
    /// Mirror error, as a share of the face's size, below which no other crop is tried. Three faces in four are below it
    /// at once and cost two short inferences; what is above it costs up to sixteen.
    /// </summary>
    const float GoodError = 0.015f;

    /// <summary>The crops tried, as shift and side in box heights: the squared box itself, then its surroundings.</summary>
    static readonly (float Right, float Down, float Side)[] Crops =
    [
        (0, 0, 1), (0, 0.08f, 1), (0, -0.08f, 1), (0.08f, 0, 1), (-0.08f, 0, 1), (0, 0, 0.88f), (0, 0, 1.12f), (0, 0.15f, 0.85f),
    ];

    readonly OnnxModel _model;
    readonly TensorWriter _writer;

    LandmarkDetector(OnnxModel model) => (_model, _writer) = (model, new TensorWriter(model.Card.Input));

    public OnnxModel Model => _model;

    /// <summary>Inferences that the last face took, 2 to 16.</summary>
    public int LastPasses { get; private set; }

    /// <exception cref="ModelException">The model is missing, damaged, or does not give 68 points.</exception>
    public static LandmarkDetector Load(ModelCard card, string folder, InferenceOptions? inference = null)
    {
        Check(card);
        return new LandmarkDetector(OnnxModel.Load(card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(), Points));
    }

    /// <summary>The same on a session that others share.</summary>
    /// <inheritdoc cref="Load(ModelCard, string, InferenceOptions?)"/>
    public static LandmarkDetector Load(ModelCard card, ModelSessions sessions)
    {
        Check(card);
        return new LandmarkDetector(OnnxModel.On(sessions.Of(card), Points));
    }

    static ExpectedOutput Points => new(null, 1, 2 * Landmarks68.Count);

    static void Check(ModelCard card)
    {
        if (card.Kind is ModelKind.Landmarks5)
        {
            throw new ModelException(ModelFault.BadCard,
                $"Card '{card.Id}' gives five points, and 68 are needed here: how a head is turned, whether a face moves as no "
                + "photograph can and whether it did what it was asked (a blink, an open mouth) are read from points that five do "
                + "not hold. So enrolment, doors, challenges and tests of attacks refuse it; detect, verify and identify take it. "
                + "Use a card of the kind landmarks68, as the default pack's.");
        }

        if (card.Kind is not ModelKind.Landmarks68 || card.Input.Width != card.Input.Height)
            throw new ModelException(ModelFault.BadCard, $"Card '{card.Id}' is no landmarks68 model with a square input.");
    }

    /// <summary>The points of one face, in pixels of the frame.</summary>
    public DetectedFace Locate(Frame frame, in FaceCandidate face)
    {
        var best = default(Landmarks68);
        var bestError = float.PositiveInfinity;
        LastPasses = 0;
        foreach (var (right, down, side) in Crops)
        {
            var error = ReadTwice(frame, Square(face.Box, right, down, side), out var points);
            // The first crop stands when no error is a number: the points are then bad, but they are points.
            if (LastPasses == 2 || error < bestError || float.IsNaN(bestError)) (best, bestError) = (points, error);
            if (bestError < GoodError) break;
        }

        return new DetectedFace(face.Box, best, best.Five, bestError);
    }

    /// <summary>
    /// Box to square by its height, about its centre: the height of a face box varies less with pose than its width does.
    /// </summary>
    Matrix3x2 Square(in FaceBox box, float right, float down, float share)
    {
        var side = box.Height * share;
        return Matrix3x2.CreateScale(side / _model.Card.Input.Width) * Matrix3x2.CreateTranslation(
            box.CentreX + box.Height * right - side / 2,
            box.CentreY + box.Height * down - side / 2);
    }

    /// <summary>Writes the mean of the crop's points and its mirror image's, and returns their mean distance in face sizes.</summary>
    float ReadTwice(Frame frame, in Matrix3x2 toFrame, out Landmarks68 points)
    {
        var side = _model.Card.Input.Width;
        _writer.Write(frame, toFrame, _model.Input);
        points = Run(toFrame);
        for (var row = 0; row < side; row++) _model.Input.Slice(row * side, side).Reverse();
        var other = Run(Matrix3x2.CreateScale(-1, 1, new Vector2(side / 2f, 0)) * toFrame);
        var apart = 0f;
        for (var i = 0; i < Landmarks68.Count; i++)
        {
            var twin = other[Landmarks68.MirrorOf(i)];
            apart += Vector2.Distance(points[i], twin);
            points[i] = (points[i] + twin) / 2;
        }

        return apart / (Landmarks68.Count * MathF.Sqrt(points.Bounds(score: 0).Area));
    }

    Landmarks68 Run(in Matrix3x2 toFrame)
    {
        _model.Run();
        LastPasses++;
        var values = _model.Output(0);
        var side = _model.Card.Input.Width;
        var points = default(Landmarks68);
        for (var i = 0; i < Landmarks68.Count; i++)
            points[i] = Vector2.Transform(new Vector2(values[2 * i], values[2 * i + 1]) * side, toFrame);

        return points;
    }

    public void Dispose() => _model.Dispose();
}
