using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Liveness;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class DisplayEdgeTests
{
    static readonly FaceBox Face = new(260, 100, 380, 240, 1);

    readonly DisplayEdge _edge = new();

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(-15)]
    public void The_lower_end_of_something_held_up_is_seen_at_any_tilt_a_hand_gives_it(double degrees)
    {
        using var frame = Chest((x, y) => y < 330 + (x - 320) * Math.Tan(degrees * Math.PI / 180) ? 90 : 160);

        Assert.InRange(_edge.Coverage(frame, Face), PadReading.EdgeFrom, 1);
    }

    [Fact]
    public void An_edge_as_wide_as_a_collar_is_none()
    {
        using var frame = Chest((x, y) => y < 330 || Math.Abs(x - 320) > 60 ? 90 : 160);

        Assert.InRange(_edge.Coverage(frame, Face), 0, PadReading.EdgeFrom - 0.1f);
    }

    [Fact]
    public void Neither_a_curve_nor_noise_nor_nothing_is_one()
    {
        using var curve = Chest((x, y) => y < 300 + (x - 320) * (x - 320) / 250.0 ? 90 : 160);
        Assert.InRange(_edge.Coverage(curve, Face), 0, PadReading.EdgeFrom - 0.1f);

        var random = new Random(1);
        using var noise = Chest((_, _) => 128 + random.Next(-20, 20));
        Assert.InRange(_edge.Coverage(noise, Face), 0, PadReading.EdgeFrom - 0.1f);

        using var plain = Chest((_, _) => 128);
        Assert.Equal(0, _edge.Coverage(plain, Face));
    }

    [Theory]
    [InlineData(320, 239, 361, 281)]
    [InlineData(320, 400, 420, 478)]
    [InlineData(-40, -60, 80, 80)]
    public void The_end_of_the_picture_is_no_edge(float left, float top, float right, float bottom)
    {
        using var frame = Chest((_, _) => 200);

        Assert.Equal(0, _edge.Coverage(frame, new FaceBox(left, top, right, bottom, 1)));
    }

    [Fact]
    public void A_face_of_no_height_has_no_edge()
    {
        using var frame = Chest((_, y) => y < 330 ? 90 : 160);

        Assert.Equal(0, _edge.Coverage(frame, new FaceBox(10, 10, 10, 10, 1)));
        Assert.Equal(0, _edge.Coverage(frame, new FaceBox(float.NaN, 0, 1, float.NaN, 1)));
    }

    static Frame Chest(Func<int, int, int> luma)
    {
        var frame = Frame.Allocate(640, 480);
        for (var y = 0; y < 480; y++)
        {
            for (var x = 0; x < 640; x++) frame.Pixels.Slice((y * 640 + x) * 3, 3).Fill((byte)luma(x, y));
        }

        return frame;
    }
}
