using EdgeFace.Cli;
using EdgeFace.Evaluation;
using EdgeFace.Matching;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class CardPointsTests
{
    [Fact]
    public void Points_reach_from_one_in_a_hundred_to_the_strictest_that_three_errors_support()
    {
        var points = CardPoints.Of(Tally(40_000), "a test");

        Assert.Equal([0.01, 0.001, 0.0001, 0.000075], points.Select(point => point.Fmr));
        Assert.Equal(points.Select(point => point.Similarity).Order(), points.Select(point => point.Similarity));
        Assert.All(points, point => Assert.Equal((40_000, "a test"), (point.ImpostorPairs, point.Evidence)));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(2_999)]
    [InlineData(123_457)]
    public void A_card_takes_every_point_that_it_is_given(int impostors)
    {
        var points = CardPoints.Of(Tally(impostors), "a test");
        var table = new ThresholdTable(TinyOnnx.Card(TinyOnnx.Build(), "a") with { Operating = [.. points] });

        Assert.NotEmpty(points);
        Assert.Equal(points[^1].Similarity, table.Strictest?.Similarity);
        Assert.All(points, point => Assert.Equal(point.Similarity, table.ForFmr(point.Fmr).Similarity));
    }

    [Fact]
    public void Perfect_pairs_promise_no_less_than_the_rule_of_three()
    {
        var tally = new SimilarityTally();
        for (var i = 0; i < 10_000; i++) tally.Add(0, same: false);
        tally.Add(0.9f, same: true);

        Assert.Equal([0.0003], CardPoints.Of(tally, "a test").Select(point => point.Fmr));
    }

    [Fact]
    public void Too_few_pairs_support_nothing() => Assert.Empty(CardPoints.Of(Tally(299), "a test"));

    static SimilarityTally Tally(int impostors)
    {
        var tally = new SimilarityTally();
        for (var i = 0; i < impostors; i++) tally.Add(i / (float)impostors / 2, same: false);
        for (var i = 0; i < 100; i++) tally.Add(0.4f + i / 200f, same: true);
        return tally;
    }
}
