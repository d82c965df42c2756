using EdgeFace.Quantization;
using Xunit;

namespace EdgeFace.Tests.Quantization;

public sealed class TensorHistogramTests
{
    [Fact]
    public void From_smallest_to_largest_every_value_is_told_apart()
    {
        var range = Of([-1, 0, 3]).Range(new QuantizationOptions(RangeMethod.MinMax));

        Assert.Equal(4f / 255, range.Scale, 1e-6f);
        Assert.Equal(64, range.ZeroPoint);
    }

    [Fact]
    public void Values_that_are_never_below_0_begin_at_byte_0() =>
        Assert.Equal(0, Of([0.5f, 3]).Range(new QuantizationOptions(RangeMethod.MinMax)).ZeroPoint);

    [Fact]
    public void An_outlier_among_thousands_is_kept_clipped_or_weighed_against_what_it_costs_the_others()
    {
        float[] many = [.. Enumerable.Range(0, 100_000).Select(i => i % 1000 / 1000f)];
        var outlier = Of([.. many, 20]);

        Assert.Equal(20f / 255, outlier.Range(new QuantizationOptions(RangeMethod.MinMax)).Scale, 1e-5f);
        Assert.InRange(outlier.Range(new QuantizationOptions(RangeMethod.Percentile)).Scale, 0.9f / 255, 1.1f / 255);
        // (20 - most)^2 + 100,000 (most / 255)^2 / 12 is least at 17.7.
        Assert.InRange(outlier.Range(new QuantizationOptions()).Scale, 17.4f / 255, 18f / 255);
        Assert.InRange(Of(many).Range(new QuantizationOptions()).Scale, 0.95f / 255, 1.01f / 255);
    }

    [Fact]
    public void A_tensor_that_is_always_0_has_a_range() =>
        Assert.Equal(new TensorRange(1, 0), Of([0, 0, 0]).Range(new QuantizationOptions()));

    static TensorHistogram Of(float[] values)
    {
        var histogram = new TensorHistogram();
        histogram.Bound(values);
        histogram.Count(values);
        Assert.True(histogram.IsFinite);
        return histogram;
    }
}
