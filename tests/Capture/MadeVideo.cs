using EdgeFace.Capture;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Capture;

/// <summary>Videos and pictures of one grey each, by which a frame is known.</summary>
static class MadeVideo
{
    public const int Width = 64, Height = 48;

    /// <summary>25 frames a second; the grey is ten times the number from <paramref name="from"/>.</summary>
    public static string Write(TemporaryFolder folder, string name, int frames, int from = 1)
    {
        QuietDecoders.Ensure();
        var path = folder.At(name);
        using var writer = new VideoWriter();
        Assert.True(writer.Open(path, VideoCaptureAPIs.FFMPEG, FourCC.FromString("MJPG"), 25, new Size(Width, Height)));
        using var picture = new Mat(Height, Width, MatType.CV_8UC3);
        for (var i = 0; i < frames; i++)
        {
            picture.SetTo(Scalar.All(10 * (from + i)));
            writer.Write(picture);
        }

        writer.Release();
        return path;
    }

    public static void WritePicture(TemporaryFolder folder, string name, int number, int width = Width)
    {
        using var picture = new Mat(Height, width, MatType.CV_8UC3, Scalar.All(10 * number));
        folder.Write(name, picture.ImEncode(".png"));
    }

    public static int NumberOf(Frame frame) => (int)Math.Round(frame.Pixels[0] / 10.0);
}
