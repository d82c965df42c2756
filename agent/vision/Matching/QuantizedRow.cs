using System.Numerics.Tensors;

namespace EdgeFace.Matching;

/// <summary>What is known of a vector x that was rounded to whole codes q: x = Scale q + e.</summary>
/// <param name="Scale">What one step of the codes is worth.</param>
/// <param name="CodeNorm">Length of Scale q, rounded up.</param>
/// <param name="ResidualNorm">
/// Length of e, rounded up: by Cauchy and Schwarz no unit vector's product with x is further than this from its product
/// with Scale q.
/// </param>
readonly record struct QuantizedRow(float Scale, float CodeNorm, float ResidualNorm)
{
    // Lengths are summed in double and kept in single: this is more than both can lose.
    const double RoundUp = 1 + 1e-6;

    /// <summary>
    /// How much of the largest value the top code stands for. At four bits it pays to clip the rare large values, so that the
    /// many small ones get finer steps; how far depends on the row, so each is tried.
    /// </summary>
    static ReadOnlySpan<float> Clips => [1f, 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f, 0.3f];

    /// <summary>Rounds to codes -7..7, of the clip that leaves the shortest residual.</summary>
    /// <param name="values">The vector; not all zero.</param>
    /// <param name="codes">Receives the codes, whole numbers.</param>
    public static QuantizedRow ToNibbles(ReadOnlySpan<float> values, Span<float> codes)
    {
        var largest = TensorPrimitives.MaxMagnitude(values);
        var (bestClip, bestGain) = (1f, -1f);
        foreach (var clip in Clips)
        {
            Round(values, MathF.Abs(largest) * clip / 7, 7, codes);
            var product = TensorPrimitives.Dot(values, codes);
            var gain = product * product / TensorPrimitives.SumOfSquares<float>(codes);
            if (gain > bestGain) (bestClip, bestGain) = (clip, gain);
        }

        Round(values, MathF.Abs(largest) * bestClip / 7, 7, codes);
        return Measure(values, codes);
    }

    /// <summary>Rounds to codes -127..127.</summary>
    /// <param name="values">The vector; not all zero.</param>
    /// <param name="codes">Receives the codes, whole numbers.</param>
    public static QuantizedRow ToBytes(ReadOnlySpan<float> values, Span<float> codes)
    {
        Round(values, MathF.Abs(TensorPrimitives.MaxMagnitude(values)) / 127, 127, codes);
        return Measure(values, codes);
    }

    static void Round(ReadOnlySpan<float> values, float step, float most, Span<float> codes)
    {
        TensorPrimitives.Divide(values, step, codes);
        TensorPrimitives.Round(codes, codes);
        TensorPrimitives.Min(codes, most, codes);
        TensorPrimitives.Max(codes, -most, codes);
    }

    static QuantizedRow Measure(ReadOnlySpan<float> values, ReadOnlySpan<float> codes)
    {
        // The scale of least squares: it leaves the residual at right angles to the codes.
        var scale = TensorPrimitives.Dot(values, codes) / TensorPrimitives.SumOfSquares(codes);
        var (squares, residual) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            var stood = (double)scale * codes[i];
            squares += stood * stood;
            residual += (values[i] - stood) * (values[i] - stood);
        }

        return new QuantizedRow(scale, (float)(Math.Sqrt(squares) * RoundUp), (float)(Math.Sqrt(residual) * RoundUp));
    }
}
