namespace EdgeFace.Evaluation;

/// <summary>
/// Error rates of one comparison after ISO/IEC 19795-1: false match rate (FMR) against false non-match rate (FNMR).
/// </summary>
/// <param name="Eer">
/// Equal error rate, 0..1: where the line through the two neighbouring operating points, one on each side, meets FMR =
/// FNMR.
/// </param>
/// <param name="EerThreshold">
/// The similarity at that place; the middle where the rates are equal over a stretch.
/// </param>
/// <param name="GenuinePairs">Comparisons of one person.</param>
/// <param name="ImpostorPairs">Comparisons of two people.</param>
/// <param name="AtFmr">
/// By the FMR wanted, one of <see cref="FmrsWanted"/>; null where the pairs are fewer than 1 / FMR.
/// </param>
public sealed record VerificationRates(
    double Eer,
    float EerThreshold,
    long GenuinePairs,
    long ImpostorPairs,
    IReadOnlyDictionary<double, OperatingPoint?> AtFmr)
{
    /// <summary>The false match rates that are reported.</summary>
    public static IReadOnlyList<double> FmrsWanted { get; } = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

    /// <exception cref="EvaluationException">There is no pair of one kind.</exception>
    public static VerificationRates Of(SimilarityTally tally)
    {
        tally.ThrowIfOneKindIsMissing();
        var (eer, threshold) = EqualErrors(tally);
        var atFmr = FmrsWanted.ToDictionary(fmr => fmr, tally.Lowest);
        return new VerificationRates(eer, threshold, tally.Genuine, tally.Impostor, atFmr);
    }

    static (double Eer, float Threshold) EqualErrors(SimilarityTally tally)
    {
        var before = (Threshold: 0f, Fmr: 0.0, Ahead: 0.0);
        foreach (var step in tally.Steps())
        {
            var fmr = (double)step.FalsePositives / tally.Impostor;
            var fnmr = (double)step.FalseNegatives / tally.Genuine;
            if (fmr >= fnmr)
            {
                before = (step.Threshold, fmr, fmr - fnmr);
                continue;
            }

            // The rates hold up to the next step: equal ones over a stretch, of which the middle is the safest; others
            // cross at the step.
            if (before.Ahead == 0) return (before.Fmr, (before.Threshold + step.Threshold) / 2);

            var share = before.Ahead / (before.Ahead + fnmr - fmr);
            return (before.Fmr + share * (fmr - before.Fmr), step.Threshold);
        }

        throw new EvaluationException(
            EvaluationFault.Unmeasurable, "Above the highest similarity nothing matches: FNMR is 1 there.");
    }
}
