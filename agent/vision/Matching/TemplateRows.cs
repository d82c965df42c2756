using System.Buffers;
using System.Numerics.Tensors;

namespace EdgeFace.Matching;

/// <summary>
/// The vectors of a gallery at three finenesses, and the search that reads as little of them as it can: all rows at four
/// bits; four bits more of those that may still be among the best; in single precision those that still may then. A row is only
/// passed over when it is proven to be worse, so the answer is that of a scan of all rows in single precision, to the bit.
/// </summary>
sealed class TemplateRows
{
    /// <summary>Rows that are looked at together between two of the passes.</summary>
    const int Batch = 64;

    readonly AlignedArray<float> _rows;
    readonly TemplateNibbles _nibbles;
    readonly Kernel _kernel;

    /// <param name="rows">Unit vectors one after the other, a whole number of them.</param>
    /// <param name="width">Values of each.</param>
    /// <param name="kernel">One that this processor has.</param>
    public TemplateRows(AlignedArray<float> rows, int width, Kernel kernel)
    {
        (_rows, Width, _kernel) = (rows, width, kernel);
        _nibbles = new TemplateNibbles(rows.Span, width);
    }

    public int Width { get; }

    public int Count => _rows.Length / Width;

    /// <summary>Bytes that every search reads.</summary>
    public long FirstPassBytes => _nibbles.Coarse.Bytes;

    public ReadOnlySpan<float> this[int row] => _rows.Span.Slice(row * Width, Width);

    /// <summary>Fills the ranking with the best of all rows.</summary>
    /// <param name="probe">A unit vector of this width.</param>
    /// <param name="ranking">Empty.</param>
    public SearchEffort Rank<TRanking>(ReadOnlySpan<float> probe, ref TRanking ranking)
        where TRanking : IRanking, allows ref struct
    {
        var quantized = new QuantizedProbe(probe, stackalloc sbyte[NibblePlane.ProbeLength(Width)]);
        var scratch = ArrayPool<float>.Shared.Rent(_nibbles.Coarse.PaddedRows);
        var scores = scratch.AsSpan(0, _nibbles.Coarse.PaddedRows);
        _nibbles.Coarse.Multiply(quantized, _kernel, scores);
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
        Span<int> batch = stackalloc int[Batch];
        for (var next = 0; next < Count;)
        {
            var found = SearchBounds.None.Collect(scores, _nibbles.CoarseResiduals, ranking.Floor, ref next, batch);
            foreach (var row in batch[..found]) ranking.Offer(row, scores[row]);
        }

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
        var coarse = SearchBounds.Of(quantized, _nibbles.CoarseNormMost, Width);
        var fine = SearchBounds.Of(quantized, _nibbles.FineNormMost, Width);
        Span<int> batch = stackalloc int[Batch];
        Span<float> reach = stackalloc float[Batch];
        var effort = default(SearchEffort);
        for (var next = 0; next < Count;)
        {
            var found = coarse.Collect(scores, _nibbles.CoarseResiduals, floor, ref next, batch);
            BoundFiner(batch, found, quantized, fine, scores, reach);
            effort += new SearchEffort(found, 0);
            for (var i = 0; i < found; i++)
            {
                if (reach[i] < floor) continue;

                ranking.Offer(batch[i], TensorPrimitives.Dot(this[batch[i]], probe));
                floor = Math.Max(floor, ranking.Floor);
                effort += new SearchEffort(0, 1);
            }
        }

        return effort;
    }

    void BoundFiner(
        Span<int> batch,
        int count,
        scoped QuantizedProbe quantized,
        SearchBounds bounds,
        ReadOnlySpan<float> scores,
        Span<float> reach)
    {
        // The last four are filled up with one of theirs.
        var padded = (count + NibblePlane.RowsAtOnce - 1) / NibblePlane.RowsAtOnce * NibblePlane.RowsAtOnce;
        if (padded > count) batch[count..padded].Fill(batch[count - 1]);
        _nibbles.Fine.Multiply(batch[..padded], quantized, _kernel, reach);
        for (var i = 0; i < count; i++)
            reach[i] = bounds.Of(scores[batch[i]] + reach[i], _nibbles.FineResiduals[batch[i]]);
    }
}
