namespace EdgeFace.Evaluation;

/// <summary>Errors counted in a number of trials.</summary>
/// <param name="Errors">0 to <paramref name="Trials"/>.</param>
/// <param name="Trials">1 or more.</param>
public readonly record struct ErrorRate(long Errors, long Trials)
{
    /// <summary>0..1.</summary>
    public double Rate => (double)Errors / Trials;

    /// <summary>
    /// The exact two-sided interval of a binomial proportion. Source: Clopper and Pearson, "The use of confidence or
    /// fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934), in its beta form. It takes
    /// trials to be independent; pairs that share a picture are not, so for cross comparisons it is too narrow
    /// (ISO/IEC 19795-1, uncertainty of estimates).
    /// </summary>
    /// <param name="confidence">Above 0 and below 1.</param>
    public RateInterval Interval(double confidence = 0.95)
    {
        var tail = (1 - confidence) / 2;
        var low = Errors == 0 ? 0 : IncompleteBeta.Inverse(tail, Errors, Trials - Errors + 1);
        var high = Errors == Trials ? 1 : IncompleteBeta.Inverse(1 - tail, Errors + 1, Trials - Errors);
        return new RateInterval(low, high);
    }
}

/// <summary>Where a rate lies with the confidence asked for, 0..1.</summary>
public readonly record struct RateInterval(double Low, double High);
