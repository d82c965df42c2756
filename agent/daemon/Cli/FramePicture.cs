using EdgeFace.Capture;
using SkiaSharp;

namespace EdgeFace.Cli;

/// <summary>A frame's pixels in a form that can be drawn on.</summary>
static class FramePicture
{
    /// <summary>The caller disposes it; unlike a frame's, its memory is not wiped then.</summary>
    public static SKBitmap Copy(Frame frame)
    {
        var picture = new SKBitmap(frame.Width, frame.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        var to = picture.GetPixelSpan();
        for (var y = 0; y < frame.Height; y++)
        {
            var from = frame.Pixels.Slice(y * frame.Stride, frame.Stride);
            var row = to.Slice(y * picture.RowBytes, frame.Width * 4);
            for (var x = 0; x < frame.Width; x++)
            {
                from.Slice(x * 3, 3).CopyTo(row[(x * 4)..]);
                row[x * 4 + 3] = byte.MaxValue;
            }
        }

        return picture;
    }
}
