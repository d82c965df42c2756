using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class IdentificationRatesTests
{
    static readonly float[] Strangers = [0.1f, 0.15f, 0.2f, 0.2f, 0.25f, 0.25f, 0.3f, 0.3f, 0.35f, 0.5f];

    [Fact]
    public void Being_first_is_not_enough_and_being_above_the_threshold_is_not_enough()
    {
        MatedProbe[] enrolled =
        [
            new(0.9f, 0.1f), // found
            new(0.32f, 0.1f), // first, but below the threshold
            new(0.6f, 0.7f), // above it, but second
            new(0.8f, 0.8f), // a tie names either
        ];

        var rates = IdentificationRates.Of(enrolled, Strangers);

        Assert.Equal(0.5, rates.Rank1);
        var point = Assert.IsType<OperatingPoint>(rates.AtFpir[1e-1]);
        Assert.Equal(new ErrorRate(1, 10), point.FalsePositive);
        Assert.Equal(new ErrorRate(3, 4), point.FalseNegative);
        Assert.InRange(point.Threshold, 0.35f, 0.350002f);
        Assert.False(point.Supported);
        Assert.Null(rates.AtFpir[1e-2]);
        Assert.Equal((4, 10), (rates.MatedProbes, rates.NonMatedProbes));
    }

    [Fact]
    public void A_search_that_named_another_stays_missed_at_the_lowest_threshold()
    {
        var rates = IdentificationRates.Of([new(0.6f, 0.7f), new(0.9f, 0.1f)], Strangers);

        Assert.All(rates.Det, point => Assert.True(point.FalseNegative >= 0.5));
    }

    [Fact]
    public void Searches_of_one_kind_alone_have_no_rates()
    {
        Assert.Throws<EvaluationException>(() => IdentificationRates.Of([], Strangers));
        Assert.Throws<EvaluationException>(() => IdentificationRates.Of([new(0.6f, 0.7f)], []));
    }
}
