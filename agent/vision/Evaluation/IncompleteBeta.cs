namespace EdgeFace.Evaluation;

/// <summary>
/// The regularised incomplete beta function I_x(a, b) and its inverse. Source: NIST Digital Library of Mathematical
/// Functions, 8.17.22 (continued fraction, evaluated by the modified Lentz method) and 5.11.1 (Stirling's series of
/// log gamma). Tests hold it to 1e-11 at a + b of a thousand, and the inverse to 1e-6 of its value at 88 million,
/// where log gamma cancels.
/// </summary>
static class IncompleteBeta
{
    /// <param name="x">0..1.</param>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above 0.</param>
    public static double Regularised(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;

        var logFront = a * Math.Log(x) + b * Math.Log(1 - x) - LogBeta(a, b);
        // On the far side of the mean the fraction converges slowly: there the mirror image is the quick one (8.17.4).
        return x < (a + 1) / (a + b + 2)
            ? Math.Exp(logFront) * Fraction(x, a, b) / a
            : 1 - Math.Exp(logFront) * Fraction(1 - x, b, a) / b;
    }

    /// <summary>
    /// The x at which I_x(a, b) is <paramref name="p"/>, by halving until no number lies between the bounds.
    /// </summary>
    public static double Inverse(double p, double a, double b)
    {
        var (low, high) = (0.0, 1.0);
        while (true)
        {
            var middle = (low + high) / 2;
            // Sixteen digits would take a thousand halvings near zero and say nothing more.
            if (middle <= low || middle >= high || high - low < 1e-13 * middle) return middle;

            if (Regularised(middle, a, b) < p) low = middle;
            else high = middle;
        }
    }

    static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        const int StepsMax = 1_000_000; // it takes in the order of sqrt(a + b) steps: 30,000 at a billion

        var d = 1 / NotZero(1 - (a + b) * x / (a + 1));
        var (c, fraction) = (1.0, d);
        for (var m = 1; m < StepsMax; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            _ = Multiply(even);
            if (Math.Abs(Multiply(odd) - 1) < 1e-15) return fraction;
        }

        throw new ArithmeticException($"The incomplete beta function of x={x}, a={a}, b={b} did not converge.");

        double Multiply(double term)
        {
            d = 1 / NotZero(1 + term * d);
            c = NotZero(1 + term / c);
            fraction *= d * c;
            return d * c;
        }

        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }

    static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    static double LogGamma(double x)
    {
        // Stirling's series is good to 1e-13 from 12 on; below, Gamma(x + 1) = x Gamma(x) leads there.
        var below = 1.0;
        for (; x < 12; x++) below *= x;

        var (r, r2) = (1 / x, 1 / (x * x));
        var tail = r * (1.0 / 12 - r2 * (1.0 / 360 - r2 * (1.0 / 1260 - r2 / 1680)));
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + tail - Math.Log(below);
    }
}
