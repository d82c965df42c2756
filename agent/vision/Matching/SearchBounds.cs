using System.Numerics;
using System.Runtime.Intrinsics;

namespace EdgeFace.Matching;

/// <summary>
/// What a row's product cannot exceed, given that of its codes. For a row x = q + e and a probe p = c + f, with q and c what
/// the codes say: x.p - q.c = e.p + q.f, so by Cauchy and Schwarz it is |e||p| + |q||f| at most.
/// </summary>
/// <param name="Weight">What a row's residual length counts: the length of the probe.</param>
/// <param name="Constant">What every row is allowed: the rounding of the probe, and that of single precision.</param>
readonly record struct SearchBounds(float Weight, float Constant)
{
    /// <summary>Relative error of one rounding to single precision.</summary>
    const float HalfUnit = 1f / (1 << 24);

    /// <param name="probe">The probe.</param>
    /// <param name="normMost">Length of the longest vector that the codes of a row stand for, or more.</param>
    /// <param name="width">Values of each.</param>
    public static SearchBounds Of(in QuantizedProbe probe, float normMost, int width)
    {
        // A sum of n products in single precision is off by n half-units at most, in any order; the bound itself and the
        // codes of the residual take a few more; and all of it twice.
        var slack = (width + 64) * 2 * HalfUnit;
        return new SearchBounds(probe.Norm, normMost * probe.ResidualNorm + slack);
    }

    /// <summary>The approximate similarities themselves, with nothing allowed.</summary>
    public static SearchBounds None => default;

    /// <param name="product">Of the row's codes with the probe's.</param>
    /// <param name="residual">Length of what the row's codes leave out.</param>
    public float Of(float product, float residual) => residual * Weight + (product + Constant);

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
            var reach = Vector256.Create(residuals[from..]) * weight + (Vector256.Create(scores[from..]) + constant);
            var reaching = Vector256.GreaterThanOrEqual(reach, limit).ExtractMostSignificantBits();
            for (; reaching != 0; reaching &= reaching - 1)
                found[count++] = from + BitOperations.TrailingZeroCount(reaching);

            from += Vector256<float>.Count;
        }

        if (residuals.Length - from >= Vector256<float>.Count) return count;

        for (; from < residuals.Length && count < found.Length; from++)
            if (Of(scores[from], residuals[from]) >= floor) found[count++] = from;

        return count;
    }
}
