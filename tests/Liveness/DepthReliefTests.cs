using EdgeFace.Capture;
using EdgeFace.Liveness;
using Xunit;

namespace EdgeFace.Tests.Liveness;

/// <summary>On surfaces made from formulas: no depth camera has been seen here.</summary>
public sealed class DepthReliefTests : IDisposable
{
    readonly DepthRelief _cue = new();
    readonly Frame _visible = MadeScene.Blank();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0.5)]
    [InlineData(5, -0.5)]
    [InlineData(10, 0)]
    public void A_head_has_relief_whatever_the_noise_and_however_it_is_turned(float noise, float turn) =>
        Assert.Equal(StreamFinding.BonaFide, Read((x, y) => MadeScene.Head(x, y) + turn * x, noise));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.7, 0.3)]
    [InlineData(-0.4, 1)]
    public void A_sheet_is_flat_however_it_is_tilted(float across, float down)
    {
        Assert.Equal(StreamFinding.Flat, Read((x, y) => across * x + down * y));
        Assert.Equal(StreamFinding.Flat, Read((x, y) => across * x + down * y, noise: 10));
    }

    [Theory]
    [InlineData(80, 0)]
    [InlineData(100, 90)]
    [InlineData(120, 33)]
    [InlineData(200, 145)]
    public void A_sheet_that_is_bent_about_an_axis_is_flat_all_the_same(float radius, float degrees)
    {
        var (sin, cos) = MathF.SinCos(degrees * MathF.PI / 180);
        Assert.Equal(StreamFinding.Flat, Read((x, y) =>
        {
            var across = x * cos + y * sin;
            return MathF.Abs(across) < radius ? radius - MathF.Sqrt(radius * radius - across * across) + 0.2f * y : null;
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(90)]
    public void A_sheet_that_is_folded_is_flat_too(float degrees)
    {
        var (sin, cos) = MathF.SinCos(degrees * MathF.PI / 180);

        Assert.Equal(StreamFinding.Flat, Read((x, y) => MathF.Abs(x * cos + y * sin) * 0.7f));
    }

    [Fact]
    public void Fingers_that_hold_a_sheet_give_it_no_relief()
    {
        Assert.Equal(StreamFinding.Flat, Read((x, y) => MathF.Abs(x - 55) < 10 && MathF.Abs(y - 20) < 35 ? -18 : 0));
        Assert.Equal(StreamFinding.Flat, Read((x, y) => MathF.Abs(x) > 50 && MathF.Abs(y - 20) < 25 ? -18 : 0));
    }

    [Fact]
    public void A_doll_s_head_is_too_flat_and_a_heap_too_deep()
    {
        Assert.Equal(StreamFinding.Flat, Read((x, y) => MadeScene.Head(x, y) * 0.4f));
        Assert.Equal(StreamFinding.Flat, Read((x, y) => (x * x + y * y) / 45));
    }

    [Fact]
    public void Too_few_distances_are_no_reading()
    {
        Assert.Equal(StreamFinding.Blank, Read(MadeScene.Head, holes: 0.7f));
        Assert.Equal(StreamFinding.Blank, Read(MadeScene.Head, noise: 60));
        Assert.Equal(StreamFinding.Blank, Read((x, _) => x > -5 ? null : 0)); // half of a face, and the wall
        using var nothing = MadeScene.Blank();
        Assert.Equal(StreamFinding.Blank, Read(nothing).Finding);
        Assert.True(_cue.IsBlank(nothing));
    }

    [Fact]
    public void A_picture_is_no_depth()
    {
        using var picture = MadeScene.Visible();
        using var infrared = MadeScene.Ir();

        Assert.Equal(StreamFinding.Unproved, Read(picture).Finding);
        Assert.Equal(StreamFinding.Unproved, Read(infrared).Finding);
    }

    [Fact]
    public void It_costs_no_memory()
    {
        using var depth = MadeScene.Depth(MadeScene.Head);
        _ = Read(depth);

        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Read(depth);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    StreamFinding Read(Func<float, float, float?> surface, float noise = 2, float holes = 0.02f)
    {
        using var depth = MadeScene.Depth(surface, noise, holes);
        return Read(depth).Finding;
    }

    StreamReading Read(Frame depth) => _cue.Read(_visible, MadeScene.Face, depth, MadeScene.Face);

    public void Dispose() => _visible.Dispose();
}
