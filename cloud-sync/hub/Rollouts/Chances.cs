namespace EdgeFace.Hub.Rollouts;

/// <summary>How likely something is by chance. All are one-sided: only worse is of interest.</summary>
static class Chances
{
    /// <summary>Above this the binomial is as good as normal, and its sum is long.</summary>
    const long ExactMax = 20_000;

    /// <summary>Of a standard normal value of at least z: erfc by Chebyshev fitting, relative error below 1.2e-7 (Press et al., Numerical Recipes, 6.2).</summary>
    public static double AtLeast(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + 0.5 * x);
        var polynomial = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
            + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
        var tail = t * Math.Exp(-x * x + polynomial) / 2;
        return z >= 0 ? tail : 1 - tail;
    }

    /// <summary>Of at least k of n, each with chance p.</summary>
    public static double Binomial(long k, long n, double p)
    {
        if (k <= 0) return 1;
        if (p <= 0) return 0;
        if (p >= 1) return 1;
        if (n > ExactMax) return AtLeast((k - 0.5 - n * p) / Math.Sqrt(n * p * (1 - p)));

        var sum = 0.0;
        for (var i = k; i <= n; i++) sum += Math.Exp(Choose(n, i) + i * Math.Log(p) + (n - i) * Math.Log(1 - p));
        return Math.Min(1, sum);
    }

    /// <summary>Of at least k marked ones among n drawn from all, of which so many are marked: Fisher's exact test.</summary>
    public static double Drawn(long k, long n, long marked, long all)
    {
        var sum = 0.0;
        for (var i = k; i <= Math.Min(n, marked); i++) sum += Math.Exp(Choose(marked, i) + Choose(all - marked, n - i) - Choose(all, n));
        return Math.Min(1, sum);
    }

    /// <summary>Logarithm of the number of ways; minus infinity where there is none.</summary>
    static double Choose(long n, long k) => k < 0 || k > n ? double.NegativeInfinity : LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    /// <summary>Stirling's series from 16 on, with an error below 1e-10.</summary>
    static double LogFactorial(long n)
    {
        if (n < 16)
        {
            var product = 1.0;
            for (var i = 2; i <= n; i++) product *= i;
            return Math.Log(product);
        }

        double x = n + 1;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x * x * x);
    }
}
