namespace EdgeFace.Evaluation;

/// <summary>
/// That an error rate is at most so much, with 95 % confidence: what a number of presentations can show, and what it cannot. One
/// end of the exact interval of a binomial proportion; without an error it is nearly the rule of three, n = 3 / rate.
/// </summary>
/// <param name="Most">Above 0 and below 1.</param>
public readonly record struct RateClaim(double Most)
{
    /// <summary>An interval of 90 % leaves 5 % beyond its upper end.</summary>
    const double TwoSided = 0.9;

    public bool IsShownBy(ErrorRate seen) => seen.Interval(TwoSided).High <= Most;

    /// <summary>The least number of trials that shows it, when so many of them are errors.</summary>
    public long TrialsNeeded(long errors = 0)
    {
        var (no, yes) = (errors, Math.Max(1, errors));
        while (!IsShownBy(new ErrorRate(errors, yes))) (no, yes) = (yes, yes * 2);
        while (yes - no > 1)
        {
            var middle = no + (yes - no) / 2;
            (no, yes) = IsShownBy(new ErrorRate(errors, middle)) ? (no, middle) : (middle, yes);
        }

        return yes;
    }
}
