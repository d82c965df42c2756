using EdgeFace.Evaluation;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>What a measurement has to say on a model card.</summary>
static class CardPoints
{
    /// <summary>
    /// One point for each false match rate from 1e-2 downwards that rests on 3 / FMR pairs at least, and the strictest
    /// that does so, from the loosest to the strictest. Rates are written with four digits, rounded up: a card promises
    /// no less errors than were seen.
    /// </summary>
    /// <exception cref="EvaluationException">There is no comparison of one kind.</exception>
    public static IReadOnlyList<MeasuredPoint> Of(SimilarityTally tally, string evidence)
    {
        var strictest = 3.0 / Math.Max(1, tally.Impostor);
        var points = VerificationRates.FmrsWanted.Append(strictest).Where(fmr => fmr <= 1e-2 && fmr >= strictest)
            .Distinct().OrderDescending().Select(tally.Lowest).OfType<OperatingPoint>();
        return [.. points.DistinctBy(point => point.Threshold).Select(point => new MeasuredPoint(
            point.Threshold,
            RoundedUp(Math.Max(point.FalsePositive.Rate, strictest)),
            RoundedUp(point.FalseNegative.Rate),
            tally.Impostor,
            evidence))];
    }

    static double RoundedUp(double rate)
    {
        if (rate == 0) return 0;

        var unit = Math.Pow(10, 3 - Math.Floor(Math.Log10(rate)));
        // What the multiplication adds in its last digits is no reason for the next number.
        return Math.Ceiling(rate * unit * (1 - 1e-12)) / unit;
    }
}
