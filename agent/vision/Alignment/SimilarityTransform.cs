using System.Numerics;

namespace EdgeFace.Alignment;

/// <summary>Turn, one scale and shift: the transform that keeps a face's proportions.</summary>
public static class SimilarityTransform
{
    /// <summary>
    /// The similarity that takes one set of points to the other with the least sum of squared distances (Umeyama, "Least-squares
    /// estimation of transformation parameters between two point patterns", 1991). In the plane it has a closed form:
    /// with points as complex numbers about their means, the turn and scale are sum(conj(from) to) / sum(|from|^2).
    /// </summary>
    /// <param name="from">At least two points that do not all coincide.</param>
    /// <param name="to">As many.</param>
    /// <exception cref="ArgumentException">Lengths differ, fewer than two points, or all points of <paramref name="from"/> coincide.</exception>
    public static Matrix3x2 Estimate(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to)
    {
        if (from.Length != to.Length || from.Length < 2)
            throw new ArgumentException($"A similarity takes two or more pairs of points; got {from.Length} and {to.Length}.");

        var (fromMean, toMean) = (Mean(from), Mean(to));
        var (dot, cross, spread) = (0f, 0f, 0f);
        for (var i = 0; i < from.Length; i++)
        {
            var a = from[i] - fromMean;
            var b = to[i] - toMean;
            dot += Vector2.Dot(a, b);
            cross += a.X * b.Y - a.Y * b.X;
            spread += a.LengthSquared();
        }

        if (!(spread > 1e-9f)) throw new ArgumentException("All points coincide: no scale can be told from them.", nameof(from));

        var (cos, sin) = (dot / spread, cross / spread);
        var turn = new Matrix3x2(cos, sin, -sin, cos, 0, 0);
        turn.Translation = toMean - Vector2.Transform(fromMean, turn);
        return turn;
    }

    static Vector2 Mean(ReadOnlySpan<Vector2> points)
    {
        var sum = Vector2.Zero;
        foreach (var point in points) sum += point;
        return sum / points.Length;
    }
}
