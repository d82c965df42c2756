using System.Numerics;

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

    /// <summary>First row at or after <paramref name="from"/> whose bound reaches the floor, or -1.</summary>
    /// <param name="scores">Approximate similarities.</param>
    /// <param name="residuals">Of each row, the length of what its codes leave out.</param>
    public int Next(ReadOnlySpan<float> scores, ReadOnlySpan<float> residuals, float floor, int from)
    {
        var (weight, constant, limit) = (Vector.Create(Weight), Vector.Create(Constant), Vector.Create(floor));
        for (; from <= residuals.Length - Vector<float>.Count; from += Vector<float>.Count)
        {
            var bounds = new Vector<float>(residuals[from..]) * weight + (new Vector<float>(scores[from..]) + constant);
            if (Vector.GreaterThanOrEqualAny(bounds, limit)) break;
        }

        for (; from < residuals.Length; from++)
            if (residuals[from] * Weight + (scores[from] + Constant) >= floor) return from;

        return -1;
    }
}
