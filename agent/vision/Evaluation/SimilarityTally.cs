namespace EdgeFace.Evaluation;

/// <summary>
/// Counts similarities of genuine and impostor comparisons in bins of 2^-20, in 32 MiB however many they are. Every
/// bin's edge is a float without rounding and thresholds are edges, so the counts at a threshold are exact; what the
/// bins cost is that thresholds lie 1e-6 apart, about as much as the rounding of a 512-wide dot product. Not for use
/// by two threads at once: one each, then <see cref="Add(SimilarityTally)"/>.
/// </summary>
public sealed class SimilarityTally
{
    const int BinsPerUnit = 1 << 20;
    const int Bins = 2 * BinsPerUnit + 2;

    // Bin 0 holds the trials that no threshold lets through, bin 1 starts at -1, the last one holds 1.
    readonly long[] _genuine = new long[Bins];
    readonly long[] _impostor = new long[Bins];

    /// <summary>How many comparisons were of one person.</summary>
    public long Genuine { get; private set; }

    /// <summary>How many comparisons were of two people.</summary>
    public long Impostor { get; private set; }

    /// <param name="similarity">Cosine, -1..1; what rounding puts outside is counted at the end.</param>
    /// <param name="same">Whether one person was compared with himself.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a number, or out of range by more than rounding.</exception>
    public void Add(float similarity, bool same)
    {
        var bin = BinOf(similarity);
        if (same)
        {
            _genuine[bin]++;
            Genuine++;
        }
        else
        {
            _impostor[bin]++;
            Impostor++;
        }
    }

    /// <summary>A genuine trial that fails at every threshold: a search that put somebody else first.</summary>
    public void AddMiss()
    {
        _genuine[0]++;
        Genuine++;
    }

    /// <summary>Adds what another one counted.</summary>
    public void Add(SimilarityTally other)
    {
        for (var bin = 0; bin < Bins; bin++)
        {
            _genuine[bin] += other._genuine[bin];
            _impostor[bin] += other._impostor[bin];
        }

        Genuine += other.Genuine;
        Impostor += other.Impostor;
    }

    /// <summary>
    /// The errors at a threshold, which is taken to the next edge: at most 1e-6 higher. Supported means three false
    /// positives or more.
    /// </summary>
    /// <param name="threshold">-1..1.</param>
    /// <exception cref="EvaluationException">There is no trial of one kind.</exception>
    public OperatingPoint At(float threshold)
    {
        ThrowIfOneKindIsMissing();
        var edge = Edge(BinOf(MathF.Ceiling(threshold * BinsPerUnit) / BinsPerUnit));
        var here = Steps().TakeWhile(step => step.Threshold <= edge).Last();
        return Point(here with { Threshold = edge }, supported: here.FalsePositives >= 3);
    }

    /// <summary>
    /// The lowest threshold with no more false positives than asked for, which is the one with the fewest false
    /// negatives.
    /// </summary>
    /// <param name="falsePositives">FMR or FPIR wanted, above 0.</param>
    /// <returns>Null when even one false positive would be more than that: fewer trials than 1 / rate.</returns>
    /// <exception cref="EvaluationException">There is no trial of one kind.</exception>
    public OperatingPoint? Lowest(double falsePositives)
    {
        ThrowIfOneKindIsMissing();
        // 0.001 x 3000 is 3 also where binary fractions say 2.9999.
        var allowed = falsePositives * Impostor * (1 + 1e-12);
        if (allowed < 1) return null;

        return Point(Steps().First(step => step.FalsePositives <= allowed), allowed >= 3);
    }

    /// <summary>
    /// Every threshold at which a count changes, upwards; false positives fall and false negatives rise.
    /// </summary>
    internal IEnumerable<Step> Steps()
    {
        var step = new Step(Edge(1), Impostor, _genuine[0]);
        yield return step;
        for (var bin = 1; bin < Bins; bin++)
        {
            if (_genuine[bin] == 0 && _impostor[bin] == 0) continue;

            step = new Step(Edge(bin + 1), step.FalsePositives - _impostor[bin], step.FalseNegatives + _genuine[bin]);
            yield return step;
        }
    }

    internal void ThrowIfOneKindIsMissing()
    {
        if (Genuine > 0 && Impostor > 0) return;

        throw new EvaluationException(EvaluationFault.TooFew,
            $"{Genuine} genuine and {Impostor} impostor trials: error rates need at least one of each kind.");
    }

    OperatingPoint Point(Step step, bool supported) =>
        new(
            step.Threshold,
            new ErrorRate(step.FalsePositives, Impostor),
            new ErrorRate(step.FalseNegatives, Genuine),
            supported);

    static float Edge(int bin) => (float)(bin - 1 - BinsPerUnit) / BinsPerUnit;

    static int BinOf(float similarity)
    {
        if (!(MathF.Abs(similarity) <= 1.001f))
            throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "A cosine of unit vectors is -1..1.");

        // Times a power of two is exact, so a similarity on an edge lands in the bin above it: "at or above" holds to
        // the last digit.
        return (int)MathF.Floor(Math.Clamp(similarity, -1, 1) * BinsPerUnit) + BinsPerUnit + 1;
    }

    internal readonly record struct Step(float Threshold, long FalsePositives, long FalseNegatives);
}
