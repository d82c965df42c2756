namespace EdgeFace.Evaluation;

/// <summary>One point of a detection error trade-off curve.</summary>
/// <param name="Threshold">Similarity at or above which a comparison matches.</param>
/// <param name="FalsePositive">FMR, or FPIR of a search: above 0 and below 1.</param>
/// <param name="FalseNegative">FNMR, or FNIR of a search: above 0 and below 1.</param>
public readonly record struct DetPoint(float Threshold, double FalsePositive, double FalseNegative);

/// <summary>
/// The detection error trade-off curve for drawing on axes of normal deviates. Source: Martin et al., "The DET curve
/// in assessment of detection task performance", Eurospeech 1997. Rates of 0 and 1 lie at infinity there and are left
/// out: two kinds that do not overlap have a curve without points.
/// </summary>
public static class DetCurve
{
    /// <summary>As many points as 900 pixels can tell apart.</summary>
    public const int PointsMax = 400;

    /// <returns>
    /// Thresholds rising: false positives fall or stay, false negatives rise or stay; 0 to <see cref="PointsMax"/>
    /// points.
    /// </returns>
    /// <exception cref="EvaluationException">There is no trial of one kind.</exception>
    public static IReadOnlyList<DetPoint> Of(SimilarityTally tally)
    {
        tally.ThrowIfOneKindIsMissing();
        var points = tally.Steps()
            .Select(step => new DetPoint(step.Threshold,
                (double)step.FalsePositives / tally.Impostor, (double)step.FalseNegatives / tally.Genuine))
            .Where(point => point is { FalsePositive: > 0 and < 1, FalseNegative: > 0 and < 1 })
            .ToList();
        return points.Count <= PointsMax ? points : Thinned(points);
    }

    // The curve never turns back, so its length along the axes is a ruler on which each kept point goes at least one
    // mark further.
    static List<DetPoint> Thinned(List<DetPoint> points)
    {
        var (start, whole) = (Along(points[0]), Along(points[^1]) - Along(points[0]));
        var kept = new List<DetPoint>(PointsMax);
        foreach (var point in points.Take(points.Count - 1))
        {
            if ((Along(point) - start) * (PointsMax - 1) >= kept.Count * whole) kept.Add(point);
        }

        if (kept.Count == PointsMax) kept.RemoveAt(PointsMax - 1);
        kept.Add(points[^1]);
        return kept;
    }

    static double Along(DetPoint point) =>
        NormalDeviate.Of(point.FalseNegative) - NormalDeviate.Of(point.FalsePositive);
}
