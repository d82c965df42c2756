namespace EdgeFace.Evaluation;

/// <summary>
/// The scale of a DET plot: the standard normal quantile (probit) of a rate. Source: P. J. Acklam, "An algorithm for
/// computing the inverse normal cumulative distribution function" (2003); relative error below 1.2e-9.
/// </summary>
public static class NormalDeviate
{
    /// <param name="rate">Above 0 and below 1.</param>
    /// <returns>0 at a rate of a half, -4.75 at one in a million.</returns>
    /// <exception cref="ArgumentOutOfRangeException">0, 1 or beyond: their deviates are infinite.</exception>
    public static double Of(double rate)
    {
        if (!(rate > 0 && rate < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A deviate is finite between 0 and 1 only.");

        const double TailEnds = 0.02425;
        return rate switch
        {
            < TailEnds => Tail(rate),
            > 1 - TailEnds => -Tail(1 - rate),
            _ => Centre(rate - 0.5),
        };
    }

    static double Centre(double q)
    {
        var r = q * q;
        return q * Polynomial(r,
                [-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
                    -3.066479806614716e+01, 2.506628277459239e+00])
            / Polynomial(r,
                [-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                    -1.328068155288572e+01, 1]);
    }

    static double Tail(double p)
    {
        var q = Math.Sqrt(-2 * Math.Log(p));
        return Polynomial(q,
                [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
                    4.374664141464968e+00, 2.938163982698783e+00])
            / Polynomial(q,
                [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1]);
    }

    static double Polynomial(double x, ReadOnlySpan<double> highestFirst)
    {
        var sum = 0.0;
        foreach (var coefficient in highestFirst) sum = sum * x + coefficient;
        return sum;
    }
}
