using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Recognition;
using OpenCvSharp;

namespace EdgeFace.Tests;

/// <summary>The people of the demo media and the default line that looks at them.</summary>
static class Cast
{
    /// <summary>Stills with one face each, and the same man twice.</summary>
    public static readonly string[] Stills =
        ["audrey.jpg", "cage.jpg", "bieber_small.jpg", "SeanConnery.jpg", "franck_01829.jpg", "franck_02045.jpg"];

    public static ModelCatalog Catalog => ModelCatalog.Load(Downloads.Profile("models.json"));

    public static async Task<FaceRecognizer> RecognizerAsync() =>
        FaceRecognizer.Load(Catalog, await Downloads.ModelsAsync());

    public static async Task<Frame> StillAsync(string name) =>
        PictureReader.Read(Path.Combine(await Downloads.MediaAsync(), name));

    /// <summary>Frames of a video, every so many seconds from the start on.</summary>
    public static async Task<List<Frame>> FramesAsync(string name, double from, double every, int count)
    {
        using var video = new VideoReader(Path.Combine(await Downloads.MediaAsync(), name));
        var pool = new FramePool(count, video.Width, video.Height);
        var frames = new List<Frame>();
        for (var i = 0; i < count; i++)
        {
            video.SeekTo(TimeSpan.FromSeconds(from + i * every));
            if (video.Read(pool) is { } frame) frames.Add(frame);
        }

        return frames;
    }

    public static Frame Mirrored(Frame frame)
    {
        var mirrored = Frame.Allocate(frame.Width, frame.Height);
        using var from = frame.AsMat();
        using var to = mirrored.AsMat();
        Cv2.Flip(from, to, FlipMode.Y);
        return mirrored;
    }

    /// <summary>The picture of a width, in the middle of a grey one.</summary>
    public static Frame On(int width, int height, params (Frame Picture, int Width, Vector2 At)[] pictures)
    {
        var frame = Frame.Allocate(width, height);
        frame.Pixels.Fill(127);
        using var whole = frame.AsMat();
        foreach (var (picture, wide, at) in pictures)
        {
            using var from = picture.AsMat();
            var size = new Size(wide, wide * picture.Height / picture.Width);
            using var part = whole[new Rect((int)at.X, (int)at.Y, size.Width, size.Height)];
            Cv2.Resize(from, part, size, interpolation: InterpolationFlags.Area);
        }

        return frame;
    }

    public static Frame Blurred(Frame frame, double sigma)
    {
        var blurred = Frame.Allocate(frame.Width, frame.Height);
        using var from = frame.AsMat();
        using var to = blurred.AsMat();
        if (sigma > 0) Cv2.GaussianBlur(from, to, new Size(0, 0), sigma);
        else from.CopyTo(to);
        return blurred;
    }
}
