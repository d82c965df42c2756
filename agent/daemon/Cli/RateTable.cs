using System.Globalization;
using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>What stands behind an error rate. Rates are 0..1, intervals hold with 95 % confidence.</summary>
/// <param name="FalsePositiveRate">
/// Measured at the threshold: at most the one asked for. FMR of a comparison, FPIR of a search.
/// </param>
/// <param name="FalsePositives">How many they were.</param>
/// <param name="FalsePositiveInterval">Where the rate lies.</param>
/// <param name="FalseNegativeRate">FNMR of a comparison, FNIR of a search.</param>
/// <param name="FalseNegatives">How many they were.</param>
/// <param name="FalseNegativeInterval">Where the rate lies.</param>
/// <param name="Supported">Whether the trials are at least 3 / rate asked for: the rule of three.</param>
sealed record RateEvidence(
    double FalsePositiveRate,
    long FalsePositives,
    RateInterval FalsePositiveInterval,
    double FalseNegativeRate,
    long FalseNegatives,
    RateInterval FalseNegativeInterval,
    bool Supported);

/// <summary>
/// Error rates by the rate they were asked for, under keys like "1e-3"; null where the trials do not reach down to it.
/// </summary>
/// <param name="FalseNegatives">FNMR or FNIR.</param>
/// <param name="Thresholds">The similarities at which they were measured.</param>
/// <param name="Evidence">Counts and intervals.</param>
sealed record RateTable(
    IReadOnlyDictionary<string, double?> FalseNegatives,
    IReadOnlyDictionary<string, double?> Thresholds,
    IReadOnlyDictionary<string, RateEvidence?> Evidence)
{
    /// <param name="points">By the false positive rate asked for.</param>
    /// <param name="highest">Rates above this one are left out.</param>
    public static RateTable Of(IReadOnlyDictionary<double, OperatingPoint?> points, double highest)
    {
        var asked = points.Where(entry => entry.Key <= highest).OrderByDescending(entry => entry.Key)
            .Select(entry => (Key: entry.Key.ToString("0e-0", CultureInfo.InvariantCulture), Point: entry.Value))
            .ToList();
        return new RateTable(
            asked.ToDictionary(entry => entry.Key, entry => entry.Point?.FalseNegative.Rate),
            asked.ToDictionary(entry => entry.Key, entry => (double?)entry.Point?.Threshold),
            asked.ToDictionary(entry => entry.Key, entry => entry.Point is { } point ? EvidenceOf(point) : null));
    }

    static RateEvidence EvidenceOf(OperatingPoint point) => new(
        point.FalsePositive.Rate, point.FalsePositive.Errors, point.FalsePositive.Interval(),
        point.FalseNegative.Rate, point.FalseNegative.Errors, point.FalseNegative.Interval(),
        point.Supported);
}
