using System.Numerics.Tensors;

namespace EdgeFace.Matching;

/// <summary>Rounds a vector x to whole codes q, so that x = scale q + e with a short e.</summary>
static class Quantizer
{
    /// <summary>
    /// How much of the largest value the top code stands for. At four bits it pays to clip the rare large values, so that the
    /// many small ones get finer steps; how far depends on the row, so each is tried.
    /// </summary>
    static ReadOnlySpan<float> Clips => [1f, 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f, 0.3f];

    /// <summary>Rounds to codes -7..7, of the clip that leaves the shortest residual.</summary>
    /// <param name="values">The vector.</param>
    /// <param name="codes">Receives the codes, whole numbers.</param>
    /// <returns>What a step is worth; 0 for a vector of zeros.</returns>
    public static float ToNibbles(ReadOnlySpan<float> values, Span<float> codes)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(values));
        var (bestClip, bestGain) = (1f, -1f);
        foreach (var clip in Clips)
        {
            var scale = Round(values, largest * clip / 7, 7, codes);
            var gain = scale * TensorPrimitives.Dot(values, codes);
            if (gain > bestGain) (bestClip, bestGain) = (clip, gain);
        }

        return Round(values, largest * bestClip / 7, 7, codes);
    }

    /// <summary>Rounds to codes -127..127.</summary>
    /// <param name="values">The vector.</param>
    /// <param name="codes">Receives the codes, whole numbers.</param>
    /// <returns>What a step is worth; 0 for a vector of zeros.</returns>
    public static float ToBytes(ReadOnlySpan<float> values, Span<float> codes) =>
        Round(values, MathF.Abs(TensorPrimitives.MaxMagnitude(values)) / 127, 127, codes);

    static float Round(ReadOnlySpan<float> values, float step, float most, Span<float> codes)
    {
        codes.Clear();
        // What is left of a vector that codes can say exactly is zero, or too little to divide by.
        if (!float.IsNormal(step)) return 0;

        TensorPrimitives.Divide(values, step, codes);
        TensorPrimitives.Round(codes, codes);
        TensorPrimitives.Min(codes, most, codes);
        TensorPrimitives.Max(codes, -most, codes);
        // The scale of least squares: of all scales it leaves the shortest residual.
        return TensorPrimitives.Dot(values, codes) / TensorPrimitives.SumOfSquares<float>(codes);
    }
}
