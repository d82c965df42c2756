using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// OpenCV's names for the buffers of a pool, kept for when the same buffer comes again: no garbage per frame. One thread
/// at a time.
/// </summary>
sealed class FrameNames : IDisposable
{
    /// <summary>
    /// A pool has no more buffers; a caller who brings a new pool for each frame gains nothing from the names kept.
    /// </summary>
    const int KeptMax = 64;

    readonly Dictionary<nint, Mat> _names = [];

    /// <summary>Valid while the frame lives; not to be disposed.</summary>
    public Mat Of(Frame frame)
    {
        var pixels = frame.Address;
        if (_names.TryGetValue(pixels, out var name))
        {
            if (name.Data == pixels && name.Width == frame.Width && name.Height == frame.Height) return name;
            name.Dispose();
        }

        if (_names.Count >= KeptMax) Dispose();
        return _names[pixels] = frame.AsMat();
    }

    public void Dispose()
    {
        foreach (var name in _names.Values) name.Dispose();
        _names.Clear();
    }
}
