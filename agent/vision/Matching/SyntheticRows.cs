using System.Numerics.Tensors;

namespace EdgeFace.Matching;

/// <summary>How made-up templates lie.</summary>
enum GalleryShape
{
    /// <summary>Every row in a direction of its own: the probe is a stranger, and the best row is hardly better than others.</summary>
    Random,
    /// <summary>Five noisy rows for each subject, cosine 0.7 to one another; the probe is one more of somebody.</summary>
    Clustered,
}

/// <summary>Made-up unit vectors to measure a search on, the same for the same seed.</summary>
sealed class SyntheticRows(GalleryShape shape, int width, int seed)
{
    public const int RowsOfSubject = 5;

    // Rows of a subject are centre and noise at 0.7 to 0.3 of the energy: cosine 0.7 to one another.
    const float CentreShare = 0.7f;

    readonly Random _random = new(seed);

    public void Fill(Span<float> rows)
    {
        var centre = new float[width];
        for (var row = 0; row < rows.Length / width; row++)
        {
            var target = rows.Slice(row * width, width);
            if (shape is GalleryShape.Random)
            {
                Direction(target);
                continue;
            }

            if (row % RowsOfSubject == 0) Direction(centre);
            Near(centre, target);
        }
    }

    /// <summary>A probe that belongs to the gallery: anybody, or one more of a subject whose row is given.</summary>
    public float[] Probe(ReadOnlySpan<float> row)
    {
        var probe = new float[width];
        if (shape is GalleryShape.Random) Direction(probe);
        else Near(row, probe);
        return probe;
    }

    void Near(ReadOnlySpan<float> centre, Span<float> target)
    {
        Direction(target);
        TensorPrimitives.Multiply(target, MathF.Sqrt(1 - CentreShare), target);
        TensorPrimitives.MultiplyAdd(centre, MathF.Sqrt(CentreShare), target, target);
        TensorPrimitives.Divide(target, TensorPrimitives.Norm<float>(target), target);
    }

    void Direction(Span<float> target)
    {
        // Box and Muller: independent normal values point in no preferred direction.
        for (var i = 0; i < target.Length; i++)
            target[i] = MathF.Sqrt(-2 * MathF.Log(1 - _random.NextSingle())) * MathF.Cos(MathF.Tau * _random.NextSingle());

        TensorPrimitives.Divide(target, TensorPrimitives.Norm<float>(target), target);
    }
}
