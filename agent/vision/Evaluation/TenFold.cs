namespace EdgeFace.Evaluation;

/// <summary>
/// Accuracy by cross-validation: on each fold with the threshold that was best on the others, so no pair judges the
/// threshold it chose. Source: Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild", University of
/// Massachusetts TR 07-49 (2007), View 2: mean accuracy and its standard error s / sqrt(folds), s with folds - 1 in
/// the denominator.
/// </summary>
/// <param name="Accuracy">Mean share of pairs judged rightly, 0..1.</param>
/// <param name="StandardError">Of that mean.</param>
/// <param name="Threshold">Mean of the folds' thresholds: similarity at or above which a pair is one person.</param>
/// <param name="Folds">In order of their numbers.</param>
public sealed record TenFold(double Accuracy, double StandardError, double Threshold, IReadOnlyList<FoldAccuracy> Folds)
{
    /// <param name="pairs">In any order; usually ten folds, two at least.</param>
    /// <exception cref="EvaluationException">There are fewer than two folds.</exception>
    public static TenFold Of(IReadOnlyCollection<ScoredPair> pairs)
    {
        var folds = pairs.GroupBy(pair => pair.Fold).OrderBy(fold => fold.Key).ToList();
        if (folds.Count < 2)
        {
            throw new EvaluationException(EvaluationFault.TooFew,
                $"{pairs.Count} pairs in {folds.Count} folds: cross-validation needs two folds at least.");
        }

        var ordered = pairs.OrderBy(pair => pair.Similarity).ToArray();
        var results = folds.ConvertAll(fold => Measure(fold, [.. ordered.Where(pair => pair.Fold != fold.Key)]));
        var mean = results.Average(fold => fold.Accuracy);
        var variance = results.Sum(fold => Math.Pow(fold.Accuracy - mean, 2)) / (folds.Count - 1);
        return new TenFold(mean, Math.Sqrt(variance / folds.Count), results.Average(fold => fold.Threshold), results);
    }

    static FoldAccuracy Measure(IGrouping<int, ScoredPair> fold, ScoredPair[] others)
    {
        var threshold = BestThreshold(others);
        var right = fold.Count(pair => pair.Similarity >= threshold == pair.Same);
        return new FoldAccuracy(fold.Key, (double)right / fold.Count(), threshold);
    }

    /// <summary>
    /// Candidates are the middles between neighbouring similarities and the two ends. Of equally good ones the widest
    /// gap wins: it leaves the most room for pairs that were not seen.
    /// </summary>
    static double BestThreshold(ScoredPair[] ordered)
    {
        var right = ordered.Count(pair => pair.Same);
        var best = (Right: right, Gap: 0.0, Threshold: (double)ordered[0].Similarity);
        for (var i = 0; i < ordered.Length; i++)
        {
            right += ordered[i].Same ? -1 : 1;
            var isLast = i + 1 == ordered.Length;
            double here = ordered[i].Similarity;
            var next = isLast ? Math.BitIncrement(here) : ordered[i + 1].Similarity;
            var gap = isLast ? 0 : next - here;
            if (next > here && (right > best.Right || (right == best.Right && gap > best.Gap)))
                best = (right, gap, isLast ? next : (here + next) / 2);
        }

        return best.Threshold;
    }
}

/// <summary>How one fold was judged.</summary>
/// <param name="Fold">Its number.</param>
/// <param name="Accuracy">Share of its pairs judged rightly, 0..1.</param>
/// <param name="Threshold">The one chosen on the other folds.</param>
public readonly record struct FoldAccuracy(int Fold, double Accuracy, double Threshold);
