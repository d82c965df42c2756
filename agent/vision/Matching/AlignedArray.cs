using System.Runtime.InteropServices;

namespace EdgeFace.Matching;

/// <summary>
/// An array that starts on a cache line. A 64-byte load that straddles two lines costs two: over a gallery of rows that
/// are whole lines long, that is every load.
/// </summary>
sealed class AlignedArray<T> where T : unmanaged
{
    const int LineBytes = 64;

    readonly T[] _buffer;
    readonly int _origin;

    public AlignedArray(int length)
    {
        var size = Marshal.SizeOf<T>();
        // Pinned, or the collector could move the array off its line.
        _buffer = GC.AllocateArray<T>(length + LineBytes / size, pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0);
        _origin = (int)((LineBytes - address % LineBytes) % LineBytes) / size;
        Length = length;
    }

    public int Length { get; }

    public Span<T> Span => _buffer.AsSpan(_origin, Length);
}
