using EdgeFace.Liveness;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class PadReadingTests
{
    const int Cases = 10_000;

    /// <summary>A share, or what a broken cue may give instead.</summary>
    static readonly Gen<float> Cue = Gen.OneOf(
        Gen.Choose(0, 1_000_000).Select(millionth => millionth / 1e6f),
        Gen.Elements(float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0.001f, 1.001f, float.MaxValue, -0f));

    [Fact]
    public void No_cue_raises_a_verdict_and_a_broken_one_denies()
    {
        var broken = 0;
        var readings = Arb.From(Cue.SelectMany(model => Cue.SelectMany(edge => Cue.Select(others => (model, edge, others)))));
        Prop.ForAll(readings, cues =>
        {
            var (model, edge, others) = cues;
            var live = PadReading.Fuse(model, edge, others).Live;
            if (!(model is >= 0 and <= 1 && edge is >= 0 and <= 1 && others is >= 0 and <= 1))
            {
                broken++;
                return live == 0;
            }

            return live >= 0 && live <= model && live <= others
                && live <= PadReading.Fuse(model, 0, others).Live && live <= PadReading.Fuse(model, edge, 1).Live;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

        Assert.True(broken > Cases / 10, $"{broken} broken cues were tried");
    }

    [Fact]
    public void An_edge_of_a_display_divides_the_odds_and_no_edge_leaves_them()
    {
        Assert.Equal(0.5f, PadReading.Fuse(0.5f, PadReading.EdgeFrom - 0.01f, 1).Live);
        Assert.Equal(1 / 21f, PadReading.Fuse(0.5f, PadReading.EdgeFrom, 1).Live, 1e-6f);
        Assert.Equal(0.1f, PadReading.Fuse(1, 1, 0.1f).Live);
        Assert.Equal(0, default(PadReading).Live);
    }
}
