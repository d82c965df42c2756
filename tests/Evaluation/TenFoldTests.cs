using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class TenFoldTests
{
    [Fact]
    public void Two_folds_are_judged_by_the_threshold_of_the_other()
    {
        // Fold 0 parts between .25 and .625, so fold 1 is judged at .4375: its genuine pair of .3125 is missed. Fold 1
        // parts between .125 and .3125, at .21875: fold 0's impostor of .25 is let through.
        var result = TenFold.Of(
        [
            new ScoredPair(0.625f, true, 0), new ScoredPair(0.25f, false, 0),
            new ScoredPair(0.3125f, true, 1), new ScoredPair(0.125f, false, 1),
        ]);

        Assert.Equal([0.5, 0.5], result.Folds.Select(fold => fold.Accuracy));
        Assert.Equal([0.21875, 0.4375], result.Folds.Select(fold => fold.Threshold));
        Assert.Equal((0.5, 0.0), (result.Accuracy, result.StandardError));
        Assert.Equal(0.328125, result.Threshold);
    }

    [Fact]
    public void The_standard_error_has_folds_minus_one_in_its_denominator()
    {
        // Ten folds of one genuine pair at .8 and one impostor at .2, but in fold 9 they are swapped: accuracies nine
        // times 1, once 0.
        var pairs = Enumerable.Range(0, 10).SelectMany(fold => new[]
        {
            new ScoredPair(fold == 9 ? 0.2f : 0.8f, true, fold), new ScoredPair(fold == 9 ? 0.8f : 0.2f, false, fold),
        }).ToList();

        var result = TenFold.Of(pairs);

        Assert.Equal(0.9, result.Accuracy, 12);
        Assert.Equal(Math.Sqrt((9 * 0.01 + 0.81) / 9 / 10), result.StandardError, 12);
        Assert.Equal(0.5, result.Threshold, 6);
    }

    [Fact]
    public void The_order_of_pairs_does_not_matter()
    {
        var random = new Random(3);
        var pairs = Enumerable.Range(0, 200)
            .Select(i => new ScoredPair(MathF.Round(random.NextSingle() - i % 2 * 0.3f, 2), i % 2 == 0, i % 10))
            .ToArray();
        var expected = TenFold.Of(pairs);

        random.Shuffle(pairs);
        var shuffled = TenFold.Of(pairs);

        Assert.Equal(expected.Folds, shuffled.Folds);
        Assert.Equal(expected.Accuracy, shuffled.Accuracy);
    }

    [Fact]
    public void Pairs_of_one_kind_only_are_all_judged_rightly()
    {
        Assert.Equal(1, TenFold.Of([new ScoredPair(0.5f, true, 0), new ScoredPair(0.5f, true, 1)]).Accuracy);
        Assert.Equal(1, TenFold.Of([new ScoredPair(0.5f, false, 0), new ScoredPair(0.5f, false, 1)]).Accuracy);
    }

    [Fact]
    public void One_fold_cannot_be_cross_validated() => Assert.Equal(
        EvaluationFault.TooFew,
        Assert.Throws<EvaluationException>(() => TenFold.Of([new ScoredPair(0.5f, true, 0)])).Fault);
}
