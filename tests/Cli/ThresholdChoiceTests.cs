using System.CommandLine;
using EdgeFace.Cli;
using EdgeFace.Inference;
using EdgeFace.Matching;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class ThresholdChoiceTests : IDisposable
{
    static readonly ModelCard Card = new(
        "embedder", ModelKind.Embedding, "embedder.onnx", 1, new string('0', 64), "none", "none",
        new ModelInput(112, 112, ColourOrder.Rgb, [127.5f], [127.5f]), new ModelSource(), Width: 512, Operating: [
            new(0.2f, 1e-2, 0.01, 1_000_000, "made up"), new(0.3f, 1e-4, 0.02, 1_000_000, "made up"),
            new(0.5f, 1e-5, 0.03, 1_000_000, "made up")]);

    readonly StringWriter _error = new();

    [Theory]
    [InlineData("", 1, 1e-4)] // FPIR 1 % of one template would be FMR 1 %
    [InlineData("--fpir 0.5", 1, 1e-4)]
    [InlineData("", 1000, 1.00503e-5)]
    [InlineData("--fpir 0.05", 1000, 5.12920e-5)]
    public void A_search_keeps_to_the_stricter_of_its_own_rate_and_that_of_one_comparison(
        string line, int templates, double fmr)
    {
        Assert.Equal(fmr, ForSearch(line, templates).Fmr, fmr * 1e-5);
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public void A_gallery_too_large_for_the_evidence_gets_the_strictest_point_and_is_told_an_estimate()
    {
        Assert.Equal(0.5f, ForSearch("", 10_000).Similarity);
        Assert.Contains("among 10000 templates", _error.ToString());
        Assert.Contains("in about 9.5", _error.ToString()); // 1 - (1 - 1e-5)^10000
        Assert.Throws<ThresholdException>(() => ForSearch("--fpir 0.01", 10_000));
    }

    public void Dispose() => _error.Dispose();

    Threshold ForSearch(string line, int templates)
    {
        var command = new Command("identify");
        var choice = ThresholdChoice.OfSearch(command);
        return choice.ForSearch(command.Parse(line), Card, templates, _error);
    }
}
