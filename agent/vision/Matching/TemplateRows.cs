using System.Buffers;
using System.Numerics.Tensors;

namespace EdgeFace.Matching;

/// <summary>
/// The vectors of a gallery at three finenesses, and the search that reads as little of them as it can: all rows at four
/// bits; at eight bits those that may still be among the best; in single precision those that still may then. A row is only
/// passed over when it is proven to be worse, so the answer is that of a scan of all rows in single precision, to the bit.
/// </summary>
sealed class TemplateRows
{
    readonly AlignedArray<float> _rows;
    readonly NibblePlane _nibbles;
    readonly BytePlane _bytes;
    readonly Kernel _kernel;

    /// <param name="rows">Unit vectors one after the other, a whole number of them.</param>
    /// <param name="width">Values of each.</param>
    /// <param name="kernel">One that this processor has.</param>
    public TemplateRows(AlignedArray<float> rows, int width, Kernel kernel)
    {
        (_rows, Width, _kernel) = (rows, width, kernel);
        _nibbles = new NibblePlane(rows.Span, width);
        _bytes = new BytePlane(rows.Span, width);
    }

    public int Width { get; }

    public int Count => _rows.Length / Width;

    /// <summary>Bytes that every search reads.</summary>
    public long FirstPassBytes => _nibbles.Bytes;

    public ReadOnlySpan<float> this[int row] => _rows.Span.Slice(row * Width, Width);

    /// <summary>Fills the ranking with the best of all rows.</summary>
    /// <param name="probe">A unit vector of this width.</param>
    /// <param name="ranking">Empty.</param>
    public SearchEffort Rank<TRanking>(ReadOnlySpan<float> probe, ref TRanking ranking)
        where TRanking : IRanking, allows ref struct
    {
        var quantized = new QuantizedProbe(probe, stackalloc sbyte[NibblePlane.ProbeLength(Width)]);
        var scratch = ArrayPool<float>.Shared.Rent(_nibbles.PaddedRows);
        var scores = scratch.AsSpan(0, _nibbles.PaddedRows);
        _nibbles.Score(quantized, _kernel, scores);
        var floor = FloorOfTheApparentBest(probe, scores, ref ranking);
        ranking.Clear();
        var effort = RankSurvivors(probe, quantized, scores, floor, ref ranking);
        ArrayPool<float>.Shared.Return(scratch);
        return effort;
    }

    /// <summary>
    /// The rows that look best at four bits are scored at once. Whatever they reach, the true best reach too: with a high bar
    /// from the start few rows are left to look at.
    /// </summary>
    float FloorOfTheApparentBest<TRanking>(ReadOnlySpan<float> probe, ReadOnlySpan<float> scores, ref TRanking ranking)
        where TRanking : IRanking, allows ref struct
    {
        for (var row = 0; (row = SearchBounds.None.Next(scores, _nibbles.Residuals, ranking.Floor, row)) >= 0; row++)
            ranking.Offer(row, scores[row]);

        if (float.IsNegativeInfinity(ranking.Floor)) return float.NegativeInfinity;

        var floor = float.PositiveInfinity;
        foreach (var row in ranking.Rows) floor = Math.Min(floor, TensorPrimitives.Dot(this[row], probe));
        return floor;
    }

    SearchEffort RankSurvivors<TRanking>(
        ReadOnlySpan<float> probe,
        scoped QuantizedProbe quantized,
        ReadOnlySpan<float> scores,
        float floor,
        ref TRanking ranking)
        where TRanking : IRanking, allows ref struct
    {
        var bounds = SearchBounds.Of(quantized, _nibbles.CodeNormMost, Width);
        var slack = SearchBounds.Slack(Width);
        var (bytes, floats) = (0, 0);
        for (var row = 0; (row = bounds.Next(scores, _nibbles.Residuals, floor, row)) >= 0; row++)
        {
            bytes++;
            if (_bytes.Bound(row, quantized, _kernel) + slack < floor) continue;

            floats++;
            ranking.Offer(row, TensorPrimitives.Dot(this[row], probe));
            floor = Math.Max(floor, ranking.Floor);
        }

        return new SearchEffort(bytes, floats);
    }
}
