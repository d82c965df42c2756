using EdgeFace.Inference;
using EdgeFace.Matching;
using Xunit;

namespace EdgeFace.Tests.Matching;

public sealed class ThresholdTableTests
{
    static readonly MeasuredPoint Loose = new(0.2f, 1e-2, 0.01, 1_000_000, "made up");
    static readonly MeasuredPoint Middle = new(0.3f, 1e-3, 0.03, 1_000_000, "made up");
    static readonly MeasuredPoint Strict = new(0.5f, 1e-5, 0.08, 1_000_000, "made up");

    [Theory]
    [InlineData(1e-2, 0.2, 0.01)]
    [InlineData(1e-3, 0.3, 0.03)]
    [InlineData(1e-5, 0.5, 0.08)]
    public void A_measured_rate_has_its_own_point(double fmr, double similarity, double fnmr)
    {
        var threshold = Table(Loose, Middle, Strict).ForFmr(fmr);

        Assert.Equal((float)similarity, threshold.Similarity);
        Assert.Equal(fnmr, threshold.Fnmr);
        Assert.Equal(1_000_000, threshold.ImpostorPairs);
    }

    [Fact]
    public void Between_two_points_the_similarity_is_linear_in_the_logarithm_of_the_rate()
    {
        var threshold = Table(Loose, Middle, Strict).ForFmr(1e-4);

        Assert.Equal(0.4f, threshold.Similarity, 1e-6f); // half way from 1e-3 to 1e-5, so half way from 0.3 to 0.5
        Assert.Equal(1e-4, threshold.Fmr);
        Assert.Equal(0.08, threshold.Fnmr);
        Assert.True(threshold.Supports(1e-4));
    }

    [Fact]
    public void Points_may_come_in_any_order() =>
        Assert.Equal(0.4f, Table(Strict, Loose, Middle).ForFmr(1e-4).Similarity, 1e-6f);

    [Fact]
    public void A_looser_rate_than_any_measured_gets_the_loosest_point() =>
        Assert.Equal(new Threshold(Card().ModelId, 0.2f, 1e-2, 0.01, 1_000_000), Table(Loose, Middle).ForFmr(0.5));

    [Fact]
    public void Nothing_is_extrapolated_beyond_the_strictest_point()
    {
        var error = Assert.Throws<ThresholdException>(() => Table(Loose, Middle, Strict).ForFmr(1e-6));

        Assert.Contains("FMR 1E-06 was asked for", error.Message, StringComparison.Ordinal);
        Assert.Contains("is FMR 1E-05 (similarity 0.5, 1000000 impostor pairs)", error.Message, StringComparison.Ordinal);
        Assert.Contains("measure the model on 3000000 impostor pairs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_that_its_impostor_pairs_do_not_support_is_not_used()
    {
        var unsupported = Strict with { ImpostorPairs = 299_999 }; // the rule of three asks for 300,000

        Assert.Throws<ThresholdException>(() => Table(Loose, Middle, unsupported).ForFmr(1e-4));
        Assert.Equal(0.5f, Table(Loose, Middle, Strict with { ImpostorPairs = 300_000 }).ForFmr(1e-5).Similarity);
        Assert.Equal(1e-3, Table(Loose, Middle, unsupported).Strictest?.Fmr);
    }

    [Fact]
    public void A_rate_of_zero_supports_nothing() =>
        Assert.Equal(1e-2, Table(Loose, Middle with { Fmr = 0 }).Strictest?.Fmr);

    [Fact]
    public void A_search_among_one_hundred_templates_asks_for_a_hundredth_of_the_rate()
    {
        var threshold = Table(Loose, Middle, Strict).ForFpir(0.01, templates: 100);

        Assert.Equal(1.0050e-4, threshold.Fmr, 1e-8); // 1 - 0.99^(1/100) = 1 - exp(-0.01005034 / 100)
        Assert.Equal(0.01, threshold.FpirAt(100), 1e-12);
        Assert.Equal(0.39978f, threshold.Similarity, 1e-5f); // 0.3 + 0.2 x log10(1e-3 / 1.0050e-4) / 2
    }

    [Fact]
    public void One_template_is_one_comparison() =>
        Assert.Equal(0.5f, Table(Loose, Middle, Strict).ForFpir(1e-5, templates: 1).Similarity);

    [Fact]
    public void A_search_among_few_is_held_to_the_rate_of_one_comparison_all_the_same()
    {
        Assert.Equal(1e-4, Table(Loose, Middle, Strict).ForSearch(0.01, templates: 1).Fmr);
        Assert.Equal(1e-5, Table(Loose, Middle, Strict).ForSearch(0.01, templates: 1005).Fmr, 1e-8);
        Assert.Throws<ThresholdException>(() => Table(Loose, Middle).ForSearch(0.01, templates: 1));
    }

    [Fact]
    public void A_gallery_too_large_for_the_evidence_is_refused_with_the_numbers()
    {
        var error = Assert.Throws<ThresholdException>(() => Table(Loose, Middle, Strict).ForFpir(0.01, templates: 10_000));

        Assert.Contains("FPIR 0.01 among 10000 templates needs FMR 1.01E-06", error.Message, StringComparison.Ordinal);
        Assert.Contains("is FMR 1E-05", error.Message, StringComparison.Ordinal);
        Assert.Contains("Keep to 1005 templates", error.Message, StringComparison.Ordinal); // ln 0.99 / ln(1 - 1e-5)
        Assert.Contains("accept FPIR 0.0952", error.Message, StringComparison.Ordinal); // 1 - (1 - 1e-5)^10000
        Assert.Contains("measure the model on 2984977 impostor pairs", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1e-3)]
    [InlineData(2e-5)]
    public void As_many_templates_as_are_carried_can_be_searched_and_one_more_cannot(double fpir)
    {
        var table = Table(Loose, Middle, Strict);
        var most = table.TemplatesMost(fpir);
        Assert.InRange(table.ForFpir(fpir, most).FpirAt(most), 0, fpir * (1 + 1e-9));
        Assert.Throws<ThresholdException>(() => table.ForFpir(fpir, most + 1));
        Assert.Equal(0, table.TemplatesMost(1e-6));
    }

    [Fact]
    public void A_card_without_points_refuses_and_says_what_to_measure()
    {
        Assert.Equal(0, new ThresholdTable(Card()).TemplatesMost(0.1));
        var error = Assert.Throws<ThresholdException>(() => new ThresholdTable(Card()).ForFpir(0.01, templates: 5));

        Assert.Contains("embedder@000000000000 has no operating point", error.Message, StringComparison.Ordinal);
        Assert.Null(new ThresholdTable(Card()).Strictest);
    }

    [Fact]
    public void A_card_that_contradicts_itself_is_refused() =>
        Assert.Equal(
            ModelFault.BadCard,
            Assert.Throws<ModelException>(() => Table(Loose, Middle with { Similarity = 0.1f })).Fault);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_rate_lies_between_zero_and_one(double rate)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Table(Loose).ForFmr(rate));
        Assert.Throws<ArgumentOutOfRangeException>(() => Table(Loose).ForFpir(rate, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Table(Loose).ForFpir(0.1, 0));
    }

    static ThresholdTable Table(params MeasuredPoint[] points) => new(Card() with { Operating = points });

    static ModelCard Card() => new(
        "embedder", ModelKind.Embedding, "embedder.onnx", 1, new string('0', 64), "none", "none",
        new ModelInput(112, 112, ColourOrder.Rgb, [127.5f], [127.5f]), new ModelSource(), Width: 512);
}
