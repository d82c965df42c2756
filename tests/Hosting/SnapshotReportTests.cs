using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Hosting;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class SnapshotReportTests
{
    [Fact]
    public void A_picture_goes_over_the_socket_and_comes_out_as_it_was()
    {
        using var frame = Frame.Allocate(64, 48);
        for (var i = 0; i < frame.Pixels.Length; i += 3) (frame.Pixels[i], frame.Pixels[i + 1], frame.Pixels[i + 2]) = (200, 100, 50);

        var sent = ControlReply.With(
            SnapshotReport.Of("front", "cam", DateTimeOffset.UnixEpoch, frame), ControlJson.Lines.SnapshotReport).ToLine();
        var came = ControlReply.Parse(sent).Answer?.Deserialize(ControlJson.Lines.SnapshotReport);

        Assert.NotNull(came);
        using var picture = Cv2.ImDecode(came.Jpeg, ImreadModes.Color);
        Assert.Equal((64, 48), (picture.Width, picture.Height));
        var pixel = picture.At<Vec3b>(24, 32);
        Assert.InRange(pixel.Item0, 195, 205);
        Assert.InRange(pixel.Item1, 95, 105);
        Assert.InRange(pixel.Item2, 45, 55);
        Assert.Equal(200, frame.Pixels[0]); // the frame stays its owner's
    }

    [Fact]
    public void A_picture_is_not_printed_by_mistake() => Assert.Equal("SnapshotReport front 1x1",
        new SnapshotReport("front", "cam", DateTimeOffset.UnixEpoch, 1, 1, [1, 2, 3]).ToString());
}
