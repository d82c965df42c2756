using System.Numerics.Tensors;

namespace EdgeFace.Evaluation;

/// <summary>Compares every picture of a set with every other one: n (n - 1) / 2 pairs.</summary>
public static class AllPairs
{
    // Two tiles of 32 rows of 512 floats are 128 KiB: they stay in a core's second cache while their 1024 pairs are
    // compared.
    const int TileRows = 32;

    /// <summary>Dot products of all pairs of different rows, on all cores.</summary>
    /// <param name="rows">Unit vectors one after the other, <paramref name="width"/> floats each.</param>
    /// <param name="width">Length of a vector, 1 or more.</param>
    /// <param name="identities">Whom each row shows: pairs of equal numbers are genuine.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ArgumentException">The rows are not one per identity.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A dot product is not -1..1: a row is not a unit vector.
    /// </exception>
    public static SimilarityTally Compare(float[] rows, int width, int[] identities, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (rows.LongLength != (long)width * identities.Length)
        {
            throw new ArgumentException(
                $"{rows.Length} values are not {identities.Length} rows of {width}.", nameof(rows));
        }

        var tiles = (identities.Length + TileRows - 1) / TileRows;
        var workers = Math.Clamp(tiles, 1, Environment.ProcessorCount);
        var tallies = Array.ConvertAll(new int[workers], _ => new SimilarityTally());
        var taken = -1;
        Throwing(() => Parallel.For(0, workers, new ParallelOptions { CancellationToken = stop }, worker =>
        {
            // One row of tiles at a time, the long ones first: whoever is free takes the next, and the last ones are
            // short.
            while (Interlocked.Increment(ref taken) is var tile && tile < tiles && !stop.IsCancellationRequested)
                CompareRowOfTiles(rows, width, identities, tile * TileRows, tallies[worker]);
        }));
        stop.ThrowIfCancellationRequested();

        foreach (var other in tallies.AsSpan(1)) tallies[0].Add(other);
        return tallies[0];
    }

    static void CompareRowOfTiles(float[] rows, int width, int[] identities, int top, SimilarityTally tally)
    {
        var bottom = Math.Min(top + TileRows, identities.Length);
        for (var left = top; left < identities.Length; left += TileRows)
        {
            var right = Math.Min(left + TileRows, identities.Length);
            for (var i = top; i < bottom; i++)
            {
                var row = rows.AsSpan(i * width, width);
                for (var j = Math.Max(left, i + 1); j < right; j++)
                    tally.Add(TensorPrimitives.Dot(row, rows.AsSpan(j * width, width)), identities[i] == identities[j]);
            }
        }
    }

    // A fault of one core is what the caller may know by its type, not the bundle of all cores.
    static void Throwing(Action parallel)
    {
        try
        {
            parallel();
        }
        catch (AggregateException bundle) when (bundle.InnerException is ArgumentOutOfRangeException one)
        {
            throw new ArgumentOutOfRangeException(one.Message, bundle);
        }
    }
}
