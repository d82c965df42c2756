using System.Runtime.InteropServices;
using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// One picture on loan: 8-bit BGR, rows from top to bottom, no padding between rows. It has one owner, who disposes it;
/// a second dispose is harmless, use after it is an error, and the pixels of a face are wiped on the way home.
/// </summary>
public sealed class Frame : IDisposable
{
    readonly FramePool? _pool;
    byte[]? _pixels;

    internal Frame(byte[] pixels, int width, int height, FramePool? pool)
    {
        (_pixels, Width, Height, _pool) = (pixels, width, height, pool);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bytes from one row to the next: three per pixel.</summary>
    public int Stride => Width * 3;

    /// <summary>
    /// When the light fell on the sensor, as a <see cref="TimeProvider.GetTimestamp"/>; 0 for a still picture.
    /// </summary>
    public long CapturedAt { get; set; }

    /// <summary>
    /// Where in its source the frame stood: seconds from the start of a video, 0 for a still picture.
    /// </summary>
    public TimeSpan Position { get; set; }

    /// <summary>Blue, green, red, blue, green, red … : Height x Width x 3 bytes.</summary>
    /// <exception cref="ObjectDisposedException">The frame has gone home.</exception>
    public Span<byte> Pixels => Buffer.AsSpan(0, Height * Stride);

    byte[] Buffer => Volatile.Read(ref _pixels) ?? throw new ObjectDisposedException(nameof(Frame));

    /// <summary>A frame of its own memory, for pictures that come once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive, or the picture is over 2 GiB.</exception>
    public static Frame Allocate(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height * 3, Array.MaxLength, nameof(height));
        var pixels = GC.AllocateUninitializedArray<byte>(width * height * 3, pinned: true);
        return new Frame(pixels, width, height, pool: null);
    }

    /// <summary>
    /// The same pixels under OpenCV's name, for its decoders and drawing: no copy, valid while the frame lives.
    /// </summary>
    internal Mat AsMat() => Mat.FromPixelData(Height, Width, MatType.CV_8UC3, Address);

    /// <summary>
    /// Of the first pixel, for native decoders. The memory is pinned, and valid while the frame lives.
    /// </summary>
    internal nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(Buffer, 0);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is not { } pixels) return;

        pixels.AsSpan(0, Height * Stride).Clear();
        _pool?.TakeBack(pixels);
    }
}
