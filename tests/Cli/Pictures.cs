using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary>Stills, changed.</summary>
static class Pictures
{
    public static byte[] Scaled(string still, double scale)
    {
        using var picture = Cv2.ImRead(still);
        using var small = picture.Resize(new Size(), scale, scale, InterpolationFlags.Area);
        return Png(small);
    }

    public static byte[] Blurred(string still, double sigma)
    {
        using var picture = Cv2.ImRead(still);
        using var blurred = picture.GaussianBlur(new Size(), sigma);
        return Png(blurred);
    }

    public static byte[] SideBySide(string left, string right)
    {
        using var one = Cv2.ImRead(left);
        using var other = Cv2.ImRead(right);
        using var fitted = other.Resize(new Size(other.Width * one.Height / other.Height, one.Height));
        using var both = new Mat();
        Cv2.HConcat([one, fitted], both);
        return Png(both);
    }

    /// <summary>The other one stands to the left, at the bottom.</summary>
    public static byte[] OneInTheCorner(string still, string other)
    {
        using var large = Cv2.ImRead(still);
        using var small = Cv2.ImRead(other);
        using var both = new Mat(large.Height, 2 * small.Width + large.Width, MatType.CV_8UC3, Scalar.Gray);
        large.CopyTo(both[new Rect(small.Width, 0, large.Width, large.Height)]);
        small.CopyTo(both[new Rect(0, large.Height - small.Height, small.Width, small.Height)]);
        return Png(both);
    }

    public static byte[] Grey(string still)
    {
        using var grey = Cv2.ImRead(still, ImreadModes.Grayscale);
        return Png(grey);
    }

    public static byte[] WithAlpha(string still)
    {
        using var picture = Cv2.ImRead(still);
        using var alpha = picture.CvtColor(ColorConversionCodes.BGR2BGRA);
        return Png(alpha);
    }

    public static byte[] SixteenBit(string still)
    {
        using var picture = Cv2.ImRead(still);
        using var deep = new Mat();
        picture.ConvertTo(deep, MatType.CV_16U, 257);
        return Png(deep);
    }

    /// <summary>Stills in turn, as a video.</summary>
    public static void Clip(string file, int framesPerSecond, int frames, params string[] stills)
    {
        var size = new Size(640, 480);
        using var video = new VideoWriter(file, FourCC.MJPG, framesPerSecond, size);
        Assert.True(video.IsOpened());
        for (var i = 0; i < frames; i++)
        {
            using var still = Cv2.ImRead(stills[i % stills.Length]);
            using var fitted = still.Resize(size);
            video.Write(fitted);
        }
    }

    /// <summary>The first frames of a video, as one of its own.</summary>
    public static void Beginning(string file, string of, int frames)
    {
        using var from = new VideoCapture(of, VideoCaptureAPIs.FFMPEG);
        using var video = new VideoWriter(file, FourCC.MJPG, 25, new Size(from.FrameWidth, from.FrameHeight));
        Assert.True(video.IsOpened());
        using var picture = new Mat();
        for (var i = 0; i < frames && from.Read(picture); i++) video.Write(picture);
    }

    /// <summary>Stored on its side; a viewer turns it a quarter clockwise.</summary>
    public static byte[] OnItsSide(string still)
    {
        using var picture = Cv2.ImRead(still);
        using var turned = new Mat();
        Cv2.Rotate(picture, turned, RotateFlags.Rotate90Counterclockwise);
        return Capture.JpegWriter.WithOrientation(Capture.JpegWriter.Encode(turned), 6, little: true);
    }

    /// <summary>As print shops store them: four flat inks in Adobe's way, a block of 8 x 8 pixels each.</summary>
    public static byte[] Cmyk() => Capture.JpegWriter.Cmyk([[255, 128, 128, 255], [0, 255, 255, 255]], adobe: true);

    public static byte[] Blank()
    {
        using var picture = new Mat(400, 400, MatType.CV_8UC3, new Scalar(90, 120, 150));
        return Png(picture);
    }

    static byte[] Png(Mat picture)
    {
        Assert.True(Cv2.ImEncode(".png", picture, out var png));
        return png;
    }
}
