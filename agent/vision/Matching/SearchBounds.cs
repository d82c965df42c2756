using System.Numerics;
using System.Runtime.Intrinsics;

namespace EdgeFace.Matching;

/// <summary>
/// What a row's similarity cannot exceed, given its approximate one. For a row r = aq + e and a probe p = sc + f, with
/// q and c whole codes: r.p - aq.sc = e.p + aq.f, so by Cauchy and Schwarz it is |e||p| + |aq||f| at most.
/// </summary>
/// <param name="Weight">What a row's residual length counts: the length of the probe.</param>
/// <param name="Constant">What every row is allowed: the rounding of the probe, and that of single precision.</param>
readonly record struct SearchBounds(float Weight, float Constant)
{
    /// <summary>Relative error of one rounding to single precision.</summary>
    public const float HalfUnit = 1f / (1 << 24);

    /// <summary>
    /// What single precision can lose on a product of two unit vectors, whatever the order of the sum: n roundings of half a
    /// unit for the score, a few more for the bound itself, and all of it twice.
    /// </summary>
    public static float Slack(int width) => (width + 64) * 2 * HalfUnit;

    public static SearchBounds Of(in QuantizedProbe probe, float codeNormMost, int width) =>
        new(probe.Norm, codeNormMost * probe.Quantized.ResidualNorm + Slack(width));

    /// <summary>The approximate similarities themselves, with nothing allowed.</summary>
    public static SearchBounds None => default;

    /// <summary>Collects the rows whose bound reaches the floor, in order, until there is no room or no row.</summary>
    /// <param name="scores">Approximate similarities.</param>
    /// <param name="residuals">Of each row, the length of what its codes leave out.</param>
    /// <param name="floor">What a bound has to reach.</param>
    /// <param name="from">First row to look at; receives where to go on, the number of rows when all have been seen.</param>
    /// <param name="found">Receives the rows; has room for eight or more.</param>
    /// <returns>How many were found.</returns>
    public int Collect(
        ReadOnlySpan<float> scores, ReadOnlySpan<float> residuals, float floor, ref int from, Span<int> found)
    {
        var (weight, constant, limit) = (Vector256.Create(Weight), Vector256.Create(Constant), Vector256.Create(floor));
        var count = 0;
        while (from <= residuals.Length - Vector256<float>.Count && count <= found.Length - Vector256<float>.Count)
        {
            var bounds = Vector256.Create(residuals[from..]) * weight + (Vector256.Create(scores[from..]) + constant);
            var reaching = Vector256.GreaterThanOrEqual(bounds, limit).ExtractMostSignificantBits();
            for (; reaching != 0; reaching &= reaching - 1)
                found[count++] = from + BitOperations.TrailingZeroCount(reaching);

            from += Vector256<float>.Count;
        }

        if (residuals.Length - from >= Vector256<float>.Count) return count;

        for (; from < residuals.Length && count < found.Length; from++)
            if (residuals[from] * Weight + (scores[from] + Constant) >= floor) found[count++] = from;

        return count;
    }
}
