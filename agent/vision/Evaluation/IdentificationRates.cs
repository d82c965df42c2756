namespace EdgeFace.Evaluation;

/// <summary>A search by somebody who is enrolled.</summary>
/// <param name="Right">Similarity to his own nearest template, -1..1.</param>
/// <param name="BestOther">
/// Similarity to the nearest template of anybody else; -1 where nobody else is enrolled.
/// </param>
public readonly record struct MatedProbe(float Right, float BestOther)
{
    /// <summary>He comes first. A tie does not count: which of the two a search names is chance.</summary>
    public bool IsRankOne => Right > BestOther;
}

/// <summary>
/// Error rates of a search over everyone enrolled, where some of those who ask are not: open-set identification after
/// ISO/IEC 19795-1. FPIR is the share of searches by strangers in which anybody is at or above the threshold; FNIR the
/// share of searches by enrolled people in which they are not first or not at the threshold (one candidate: what a
/// door acts on).
/// </summary>
/// <param name="Rank1">
/// Share of searches by enrolled people in which they come first, whatever the similarity, 0..1.
/// </param>
/// <param name="MatedProbes">Searches by enrolled people.</param>
/// <param name="NonMatedProbes">Searches by strangers.</param>
/// <param name="AtFpir">
/// By the FPIR wanted, one of <see cref="FpirsWanted"/>; null where strangers are fewer than 1 / FPIR.
/// </param>
/// <param name="Det">FPIR against FNIR for drawing.</param>
public sealed record IdentificationRates(
    double Rank1,
    long MatedProbes,
    long NonMatedProbes,
    IReadOnlyDictionary<double, OperatingPoint?> AtFpir,
    IReadOnlyList<DetPoint> Det)
{
    /// <summary>The false positive identification rates that are reported.</summary>
    public static IReadOnlyList<double> FpirsWanted { get; } = [1e-1, 1e-2, 1e-3];

    /// <param name="mated">Searches by enrolled people.</param>
    /// <param name="nonMated">Searches by strangers: similarity to the nearest template of anybody, -1..1.</param>
    /// <exception cref="EvaluationException">There is no search of one kind.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A similarity is not -1..1.</exception>
    public static IdentificationRates Of(IReadOnlyCollection<MatedProbe> mated, IReadOnlyCollection<float> nonMated)
    {
        var tally = new SimilarityTally();
        foreach (var probe in mated)
        {
            if (probe.IsRankOne) tally.Add(probe.Right, same: true);
            else tally.AddMiss();
        }

        foreach (var best in nonMated) tally.Add(best, same: false);

        tally.ThrowIfOneKindIsMissing();
        return new IdentificationRates(
            (double)mated.Count(probe => probe.IsRankOne) / mated.Count,
            mated.Count,
            nonMated.Count,
            FpirsWanted.ToDictionary(fpir => fpir, tally.Lowest),
            DetCurve.Of(tally));
    }
}
