using System.Numerics;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Alignment;

/// <summary>Lays the five points of a face over those that an embedder was trained on.</summary>
public sealed class FaceAligner
{
    readonly Vector2[] _template;

    /// <param name="card">Of an embedder; its alignment points are in pixels of its input.</param>
    /// <exception cref="ModelException">The card has no five alignment points.</exception>
    public FaceAligner(ModelCard card)
    {
        if (card.AlignmentPoints is not { Length: 5 } points || points.Any(point => point.Length != 2))
            throw new ModelException(ModelFault.BadCard, $"Card '{card.Id}' has no five alignment points of x and y.");

        // Card points are pixel centres, as OpenCV's warps count them; here a pixel covers its number to the next.
        _template = [.. points.Select(point => new Vector2(point[0] + 0.5f, point[1] + 0.5f))];
    }

    public FaceChip Align(in Landmarks five)
    {
        ReadOnlySpan<Vector2> points = [five.LeftEye, five.RightEye, five.Nose, five.MouthLeft, five.MouthRight];
        return new FaceChip(SimilarityTransform.Estimate(_template, points));
    }
}
