using System.Collections.Concurrent;

namespace EdgeFace.Capture;

/// <summary>
/// A fixed number of picture buffers, made once. When all are out, there is no frame: the camera drops, memory does
/// not grow.
/// </summary>
public sealed class FramePool
{
    readonly ConcurrentBag<byte[]> _free = [];
    readonly int _bytes;
    int _onLoan;

    /// <param name="frames">How many may be out at once, 1 to 64.</param>
    /// <param name="maxWidth">Widest picture in pixels.</param>
    /// <param name="maxHeight">Tallest picture in pixels.</param>
    public FramePool(int frames, int maxWidth, int maxHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames, 64);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxHeight);
        _bytes = checked(maxWidth * maxHeight * 3);
        for (var i = 0; i < frames; i++) _free.Add(GC.AllocateUninitializedArray<byte>(_bytes, pinned: true));
    }

    /// <summary>Frames that have not come home. Zero when everybody disposed what he took.</summary>
    public int OnLoan => Volatile.Read(ref _onLoan);

    /// <summary>A frame, or null when all are on loan.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The picture is larger than the pool was made for.</exception>
    public Frame? TryRent(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height * 3, _bytes, nameof(width));
        if (!_free.TryTake(out var pixels)) return null;

        Interlocked.Increment(ref _onLoan);
        return new Frame(pixels, width, height, this);
    }

    internal bool Fits(int width, int height) => (long)width * height * 3 <= _bytes;

    internal void TakeBack(byte[] pixels)
    {
        Interlocked.Decrement(ref _onLoan);
        _free.Add(pixels);
    }
}
