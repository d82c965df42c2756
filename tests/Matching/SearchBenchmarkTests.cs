using EdgeFace.Matching;
using Xunit;

namespace EdgeFace.Tests.Matching;

public sealed class SearchBenchmarkTests
{
    [Theory]
    [InlineData("Random")]
    [InlineData("Clustered")]
    public void A_short_run_says_what_it_measured(string shape)
    {
        var timing = SearchBenchmark.Run(3000, 128, TimeSpan.Zero, TimeProvider.System, Enum.Parse<GalleryShape>(shape));

        Assert.Equal((3000, 128), (timing.Templates, timing.Width));
        Assert.True(timing is { Rounds: > 0, SearchMs: > 0, FloatScanMs: > 0, Ratio: > 0 });
        Assert.InRange(timing.FloatRows, 2, timing.FinerRows);
    }

    [Fact]
    public void Most_rows_are_ruled_out_at_four_bits()
    {
        var timing = SearchBenchmark.Run(20_000, 512, TimeSpan.Zero, TimeProvider.System);

        Assert.InRange(timing.FinerRows, 2, 20_000 / 5);
        Assert.InRange(timing.FloatRows, 2, 20_000 / 100);
    }
}
