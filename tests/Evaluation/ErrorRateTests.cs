using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class ErrorRateTests
{
    // Published tables of Clopper-Pearson limits, two-sided 95 %, and closed forms where no error or nothing but
    // errors were seen.
    [Theory]
    [InlineData(0, 30, 0, 0.1157)]
    [InlineData(5, 100, 0.0164, 0.1128)]
    [InlineData(0, 10, 0, 0.3085)]
    [InlineData(10, 10, 0.6915, 1)]
    [InlineData(1, 10, 0.0025, 0.4450)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(1, 1, 0.0250, 1)]
    [InlineData(50, 100, 0.3983, 0.6017)]
    public void The_exact_interval_is_the_one_of_the_tables(long errors, long trials, double low, double high)
    {
        var interval = new ErrorRate(errors, trials).Interval();

        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(6_000)]
    [InlineData(88_000_000)]
    public void Without_an_error_the_upper_limit_is_one_minus_a_root(long trials)
    {
        var expected = -double.ExpM1(Math.Log(0.025) / trials);

        var high = new ErrorRate(0, trials).Interval().High;

        Assert.InRange(high / expected, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void With_88_million_pairs_the_interval_is_that_of_Poisson_counts()
    {
        // Exact Poisson limits of 88 events, two-sided 95 %: 70.58 and 108.42; a binomial of one in a million is one
        // to six digits.
        var interval = new ErrorRate(88, 88_000_000).Interval();

        Assert.Equal(70.58e-6 / 88, interval.Low, 8);
        Assert.Equal(108.42e-6 / 88, interval.High, 8);
    }

    [Fact]
    public void The_ends_of_the_interval_are_the_rates_at_which_the_count_is_one_in_forty()
    {
        var interval = new ErrorRate(7, 250).Interval();

        Assert.Equal(0.025, AtLeast(7, 250, interval.Low), 9);
        Assert.Equal(0.975, AtLeast(8, 250, interval.High), 9);
    }

    [Theory]
    [InlineData(0.5, 2, 3, 0.6875)]
    [InlineData(0.25, 1, 1, 0.25)]
    [InlineData(0.9, 3, 1, 0.729)]
    [InlineData(0.5, 500.5, 500.5, 0.5)]
    public void The_incomplete_beta_function_has_its_closed_forms(double x, double a, double b, double expected) =>
        Assert.Equal(expected, IncompleteBeta.Regularised(x, a, b), 11);

    // P(X >= k) of a binomial, summed from its terms.
    static double AtLeast(int k, int n, double p)
    {
        var (term, below) = (Math.Pow(1 - p, n), 0.0);
        for (var i = 0; i < k; i++)
        {
            below += term;
            term *= (double)(n - i) / (i + 1) * p / (1 - p);
        }

        return 1 - below;
    }
}
