using EdgeFace.Capture;
using OpenCvSharp;

namespace EdgeFace.Pipeline;

/// <summary>A frame as a JPEG. The frame stays its owner's.</summary>
static class FrameJpeg
{
    const int Quality = 90;

    /// <summary>From the best to the least that still shows who it was.</summary>
    static readonly (int Longest, int Quality)[] Smaller = [(640, 80), (480, 70), (320, 60), (160, 50)];

    /// <summary>In its full size.</summary>
    public static byte[] Of(Frame frame)
    {
        using var pixels = frame.AsMat();
        return Encode(pixels, Quality);
    }

    /// <summary>Made smaller until it has at most so many bytes; null when it never has.</summary>
    public static byte[]? Within(Frame frame, int bytesMax)
    {
        using var pixels = frame.AsMat();
        foreach (var (longest, quality) in Smaller)
        {
            var scale = Math.Min(1.0, (double)longest / Math.Max(frame.Width, frame.Height));
            using var scaled = new Mat();
            Cv2.Resize(pixels, scaled, default, scale, scale, InterpolationFlags.Area);
            if (Encode(scaled, quality) is var jpeg && jpeg.Length <= bytesMax) return jpeg;
        }

        return null;
    }

    static byte[] Encode(Mat pixels, int quality)
    {
        Cv2.ImEncode(".jpg", pixels, out var jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, quality));
        return jpeg;
    }
}
