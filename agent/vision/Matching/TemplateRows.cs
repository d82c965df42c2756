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
    /// <summary>Rows that are looked at together between two of the passes.</summary>
    const int Batch = 64;

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
        Span<int> batch = stackalloc int[Batch];
        for (var next = 0; next < Count;)
        {
            var found = SearchBounds.None.Collect(scores, _nibbles.Residuals, ranking.Floor, ref next, batch);
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
        var bounds = SearchBounds.Of(quantized, _nibbles.CodeNormMost, Width);
        Span<int> batch = stackalloc int[Batch];
        Span<float> reach = stackalloc float[Batch];
        var effort = default(SearchEffort);
        for (var next = 0; next < Count;)
        {
            var found = bounds.Collect(scores, _nibbles.Residuals, floor, ref next, batch);
            _bytes.Bounds(batch, found, quantized, _kernel, reach);
            effort += new SearchEffort(found, 0);
            for (var i = 0; i < found; i++)
            {
                if (reach[i] + SearchBounds.Slack(Width) < floor) continue;

                ranking.Offer(batch[i], TensorPrimitives.Dot(this[batch[i]], probe));
                floor = Math.Max(floor, ranking.Floor);
                effort += new SearchEffort(0, 1);
            }
        }

        return effort;
    }
}
