using EdgeFace.Evaluation;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class VerificationRatesTests
{
    [Fact]
    public void Four_against_four_have_the_rates_counted_by_hand()
    {
        // Sorted: i.1 i.2 g.3 i.4 g.5 i.6 g.7 g.8. At .5: one of four impostors, one of four genuine ones: 25 %.
        var tally = Tally([0.3f, 0.5f, 0.7f, 0.8f], [0.1f, 0.2f, 0.4f, 0.6f]);

        var rates = VerificationRates.Of(tally);

        Assert.Equal(0.25, rates.Eer, 12);
        Assert.Equal(0.45, rates.EerThreshold, 5);
        Assert.Equal((4, 4), (rates.GenuinePairs, rates.ImpostorPairs));
    }

    [Fact]
    public void Unequal_neighbours_are_joined_by_a_line_to_find_the_equal_error_rate()
    {
        // Up to .3 (1/2, 0/3), above it (1/2, 1/3), above .4 (0/2, 1/3): the line from (1/2, 1/3) to (0, 1/3) meets at
        // 1/3.
        var rates = VerificationRates.Of(Tally([0.3f, 0.8f, 0.9f], [0.1f, 0.4f]));

        Assert.Equal(1.0 / 3, rates.Eer, 12);
        Assert.Equal(0.4, rates.EerThreshold, 5);
    }

    [Fact]
    public void Kinds_that_do_not_overlap_have_no_equal_errors_and_a_threshold_in_the_middle()
    {
        var rates = VerificationRates.Of(Tally([0.6f, 0.7f], [0.1f, 0.2f]));

        Assert.Equal(0, rates.Eer);
        Assert.Equal(0.4, rates.EerThreshold, 5);
    }

    [Fact]
    public void Kinds_that_are_swapped_have_nothing_but_errors() =>
        Assert.Equal(1, VerificationRates.Of(Tally([0.1f], [0.9f])).Eer);

    [Fact]
    public void The_threshold_of_a_rate_lets_through_just_the_allowed_impostors()
    {
        // A thousand impostors at 0, .0005, .. .4995: ten are at .495 or above, so the threshold is just above .4945.
        var tally = Tally([0.2f, 0.4944f, 0.4946f, 0.9f], Enumerable.Range(0, 1000).Select(i => i * 0.0005f));

        var rates = VerificationRates.Of(tally);

        var point = Assert.IsType<OperatingPoint>(rates.AtFmr[1e-2]);
        Assert.Equal(new ErrorRate(10, 1000), point.FalsePositive);
        Assert.Equal(new ErrorRate(2, 4), point.FalseNegative);
        Assert.InRange(point.Threshold, 0.4945f, 0.494502f);
        Assert.Equal(point with { Supported = true }, tally.At(point.Threshold));
    }

    [Fact]
    public void A_rate_that_the_pairs_do_not_reach_is_null_and_one_without_three_errors_is_not_supported()
    {
        var rates = VerificationRates.Of(Tally([0.9f], Enumerable.Range(0, 1000).Select(i => i * 0.0005f)));

        Assert.True(rates.AtFmr[1e-1] is { Supported: true });
        Assert.True(rates.AtFmr[1e-2] is { Supported: true });
        Assert.True(rates.AtFmr[1e-3] is { Supported: false, FalsePositive.Errors: 1 });
        Assert.Null(rates.AtFmr[1e-4]);
        Assert.Null(rates.AtFmr[1e-6]);
    }

    [Fact]
    public void Three_thousand_pairs_allow_three_false_matches_in_a_thousand_and_not_two() =>
        Assert.Equal(
            3,
            Tally([0.9f], Enumerable.Range(0, 3000).Select(i => i * 1e-4f)).Lowest(1e-3)?.FalsePositive.Errors);

    [Fact]
    public void A_similarity_on_the_threshold_matches_to_the_last_digit()
    {
        const float Edge = 0.25f;
        var tally = Tally([Edge, MathF.BitDecrement(Edge)], [MathF.BitDecrement(Edge)]);

        var point = tally.At(Edge);

        Assert.Equal((0, 1), (point.FalsePositive.Errors, point.FalseNegative.Errors));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1.1f)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_no_cosine_is_refused(float similarity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimilarityTally().Add(similarity, same: true));

    [Fact]
    public void One_kind_alone_has_no_rates() => Assert.Equal(
        EvaluationFault.TooFew,
        Assert.Throws<EvaluationException>(() => VerificationRates.Of(Tally([0.5f], []))).Fault);

    [Fact]
    public void Order_does_not_matter_and_tallies_add_up() => Prop.ForAll(Samples(), sample =>
    {
        var (genuine, impostor) = sample;
        var parts = Tally(genuine.Take(2), impostor.Skip(1));
        parts.Add(Tally(genuine.Skip(2).Reverse(), impostor.Take(1)));
        var (one, other) = (VerificationRates.Of(Tally(genuine, impostor)), VerificationRates.Of(parts));
        return one with { AtFmr = other.AtFmr } == other && one.AtFmr.SequenceEqual(other.AtFmr);
    }).Check(Few);

    [Fact]
    public void The_equal_error_rate_lies_between_both_rates_next_to_its_threshold() => Prop.ForAll(Samples(), sample =>
    {
        var tally = Tally(sample.Genuine, sample.Impostor);
        var rates = VerificationRates.Of(tally);
        var below = tally.At(Math.Max(-1, rates.EerThreshold - 3e-6f));
        var above = tally.At(rates.EerThreshold);
        return rates.Eer <= Math.Max(below.FalsePositive.Rate, above.FalseNegative.Rate) + 1e-12
            && rates.Eer >= Math.Min(above.FalsePositive.Rate, below.FalseNegative.Rate) - 1e-12;
    }).Check(Few);

    [Fact]
    public void Rates_at_a_threshold_are_those_of_a_naive_count() => Prop.ForAll(Samples(), sample =>
    {
        var point = Tally(sample.Genuine, sample.Impostor).At(0.125f);
        return point.FalsePositive.Errors == sample.Impostor.Count(value => value >= 0.125f)
            && point.FalseNegative.Errors == sample.Genuine.Count(value => value < 0.125f);
    }).Check(Few);

    [Fact]
    public void A_det_curve_never_turns_back() => Prop.ForAll(Samples(), sample =>
    {
        var points = DetCurve.Of(Tally(sample.Genuine, sample.Impostor));
        return points.Zip(points.Skip(1)).All(step => step.Second.Threshold > step.First.Threshold
            && step.Second.FalsePositive <= step.First.FalsePositive
            && step.Second.FalseNegative >= step.First.FalseNegative);
    }).Check(Few);

    [Fact]
    public void A_long_det_curve_is_thinned_and_keeps_its_ends()
    {
        var random = new Random(4);
        var tally = new SimilarityTally();
        for (var i = 0; i < 20_000; i++) tally.Add(random.NextSingle() * 0.6f + (i % 2 == 0 ? 0.3f : 0), i % 2 == 0);

        var points = DetCurve.Of(tally);

        Assert.InRange(points.Count, 300, DetCurve.PointsMax);
        Assert.Equal(1e-4, points[0].FalseNegative, 12);
        Assert.Equal(1e-4, points[^1].FalsePositive, 12);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963985)]
    [InlineData(0.05, -1.644853627)]
    [InlineData(0.01, -2.326347874)]
    [InlineData(1e-6, -4.753424309)]
    public void Normal_deviates_are_those_of_the_tables(double rate, double deviate) =>
        Assert.Equal(deviate, NormalDeviate.Of(rate), 7);

    // Each sample fills tallies of 32 MiB: a hundred would take longer than they teach.
    static Config Few => Config.QuickThrowOnFailure.WithMaxTest(15);

    static Arbitrary<(float[] Genuine, float[] Impostor)> Samples()
    {
        var similarities = Gen.Choose(-100, 100).Select(percent => percent / 100f).NonEmptyListOf()
            .Select(list => list.ToArray());
        return similarities.SelectMany(genuine => similarities.Select(impostor => (genuine, impostor))).ToArbitrary();
    }

    static SimilarityTally Tally(IEnumerable<float> genuine, IEnumerable<float> impostor)
    {
        var tally = new SimilarityTally();
        foreach (var similarity in genuine) tally.Add(similarity, same: true);
        foreach (var similarity in impostor) tally.Add(similarity, same: false);
        return tally;
    }
}
