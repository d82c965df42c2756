using System.Numerics.Tensors;

namespace EdgeFace.Matching;

/// <summary>
/// Every row x as coarse codes, and what those left out as fine ones: x = a q + d, d = b r + e. With the lengths of d and e a
/// product with the codes says within what bounds the product with the row lies.
/// </summary>
sealed class TemplateNibbles
{
    readonly float[] _coarseResiduals;
    readonly float[] _fineResiduals;

    /// <param name="rows">Vectors one after the other.</param>
    /// <param name="width">Values of each.</param>
    public TemplateNibbles(ReadOnlySpan<float> rows, int width)
    {
        var count = rows.Length / width;
        (Coarse, Fine) = (new NibblePlane(count, width), new NibblePlane(count, width));
        (_coarseResiduals, _fineResiduals) = (new float[count], new float[count]);
        Span<float> codes = stackalloc float[width];
        Span<float> left = stackalloc float[width];
        for (var row = 0; row < count; row++)
        {
            var values = rows.Slice(row * width, width);
            _coarseResiduals[row] = Split(values, codes, left, Coarse, row);
            _fineResiduals[row] = Split(left, codes, left, Fine, row);
            var norm = RoundedUp.Norm(values);
            // Least squares leaves d at right angles to a q, so neither is longer than x; a q + b r may be, by e.
            CoarseNormMost = Math.Max(CoarseNormMost, norm);
            FineNormMost = Math.Max(FineNormMost, norm + _fineResiduals[row]);
        }
    }

    public NibblePlane Coarse { get; }

    public NibblePlane Fine { get; }

    /// <summary>Length of a q where it is longest, or more.</summary>
    public float CoarseNormMost { get; }

    /// <summary>Length of a q + b r where it is longest, or more.</summary>
    public float FineNormMost { get; }

    /// <summary>Of each row, the length of what the coarse codes leave out.</summary>
    public ReadOnlySpan<float> CoarseResiduals => _coarseResiduals;

    /// <summary>Of each row, the length of what both codes together leave out.</summary>
    public ReadOnlySpan<float> FineResiduals => _fineResiduals;

    static float Split(ReadOnlySpan<float> values, Span<float> codes, Span<float> left, NibblePlane plane, int row)
    {
        var scale = Quantizer.ToNibbles(values, codes);
        plane.Set(row, scale, codes);
        var residual = RoundedUp.Residual(values, scale, codes);
        // Single precision may lose a half-unit of each value here: what a search allows for its own roundings has room for it.
        TensorPrimitives.MultiplyAdd(codes, -scale, values, left);
        return residual;
    }
}
