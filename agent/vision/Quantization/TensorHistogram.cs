using System.Numerics.Tensors;

namespace EdgeFace.Quantization;

/// <summary>
/// The values that calibration saw in one tensor: first their bounds, then, within them, how many fell where.
/// </summary>
sealed class TensorHistogram
{
    const int Bins = 4096;

    /// <summary>Ranges tried for the least error: every share of the bounds from a hundredth to the whole.</summary>
    const int Shares = 100;

    readonly long[] _counts = new long[Bins];
    float _least = float.PositiveInfinity;
    float _most = float.NegativeInfinity;
    long _total;

    /// <summary>False when a value was no finite number, or none was seen.</summary>
    public bool IsFinite => float.IsFinite(_least) && float.IsFinite(_most);

    public void Bound(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;

        // Min and Max give NaN when a value is one, and then it stays.
        _least = float.Min(_least, TensorPrimitives.Min(values));
        _most = float.Max(_most, TensorPrimitives.Max(values));
    }

    public void Count(ReadOnlySpan<float> values)
    {
        var perUnit = Bins / Math.Max(_most - _least, float.Epsilon);
        foreach (var value in values) _counts[Math.Clamp((int)((value - _least) * perUnit), 0, Bins - 1)]++;
        _total += values.Length;
    }

    public TensorRange Range(QuantizationOptions options) => options.Range switch
    {
        RangeMethod.MinMax => TensorRange.Of(_least, _most),
        RangeMethod.Percentile => Percentile(options.Percentile / 100),
        _ => LeastError(),
    };

    float Edge(int bin) => _least + (_most - _least) * bin / Bins;

    /// <summary>The outermost share on each side is clipped; half of what is outside lies on either.</summary>
    TensorRange Percentile(double inside)
    {
        var outside = (long)((1 - inside) / 2 * _total);
        var (low, high) = (0, Bins);
        for (var sum = 0L; low < Bins && (sum += _counts[low]) <= outside; low++) { }
        for (var sum = 0L; high > 1 && (sum += _counts[high - 1]) <= outside; high--) { }
        return TensorRange.Of(Edge(low), Edge(Math.Max(high, low + 1)));
    }

    /// <summary>
    /// Both bounds are drawn in, one after the other, to where rounding (a step squared, by twelve) and clipping together
    /// cost the least.
    /// </summary>
    TensorRange LeastError()
    {
        var (least, most) = (_least, _most);
        for (var round = 0; round < 2; round++)
        {
            most = Best(share => (least, _most * share)).Most;
            if (_least < 0) least = Best(share => (_least * share, most)).Least;
        }

        return TensorRange.Of(least, most);
    }

    (float Least, float Most) Best(Func<float, (float Least, float Most)> range)
    {
        var best = range(1);
        var lowest = double.PositiveInfinity;
        for (var i = Shares; i > 0; i--)
        {
            var tried = range((float)i / Shares);
            var error = Error(tried.Least, tried.Most);
            if (error < lowest) (lowest, best) = (error, tried);
        }

        return best;
    }

    double Error(float least, float most)
    {
        (least, most) = (Math.Min(least, 0), Math.Max(most, 0));
        double step = (most - least) / byte.MaxValue;
        var sum = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            if (_counts[bin] == 0) continue;

            double middle = (Edge(bin) + Edge(bin + 1)) / 2;
            var beyond = middle < least ? least - middle : middle > most ? middle - most : 0;
            sum += _counts[bin] * (beyond > 0 ? beyond * beyond : step * step / 12);
        }

        return sum;
    }
}
