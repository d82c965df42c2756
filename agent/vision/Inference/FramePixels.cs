using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeFace.Capture;

namespace EdgeFace.Inference;

/// <summary>The pixels of a frame by place: blue, green, red and a value to ignore; black outside.</summary>
readonly ref struct FramePixels(Frame frame)
{
    readonly ReadOnlySpan<byte> _pixels = frame.Pixels;

    public int Width { get; } = frame.Width;

    public int Height { get; } = frame.Height;

    int Stride => Width * 3;

    /// <summary>Between the four neighbours of a point that is counted from the centre of the first pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Interpolate(Vector2 at)
    {
        var left = (int)MathF.Floor(at.X);
        var top = (int)MathF.Floor(at.Y);
        var right = Vector128.Create(at.X - left);
        var down = Vector128.Create(at.Y - top);
        var start = top * Stride + left * 3;
        // Two pixels of a row in one read of eight bytes, as long as that does not run out of the frame below.
        if ((uint)left < (uint)(Width - 1) && (uint)top < (uint)(Height - 1) && start + Stride + 8 <= _pixels.Length)
        {
            ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(_pixels), start);
            var above = Unsafe.ReadUnaligned<ulong>(ref first);
            var below = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, Stride));
            return Vector128.Lerp(
                Vector128.Lerp(Single((uint)above), Single((uint)(above >> 24)), right),
                Vector128.Lerp(Single((uint)below), Single((uint)(below >> 24)), right), down);
        }

        var upper = Vector128.Lerp(Single(At(left, top)), Single(At(left + 1, top)), right);
        var lower = Vector128.Lerp(Single(At(left, top + 1)), Single(At(left + 1, top + 1)), right);
        return Vector128.Lerp(upper, lower, down);
    }

    /// <summary>The four bytes of a pixel, the first one lowest; zero outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint At(int x, int y)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height) return 0;

        var at = y * Stride + x * 3;
        // The last pixel of all has no fourth byte behind it: it is read from one byte before and shifted down.
        return at + 4 <= _pixels.Length ? Inside(at) : Inside(at - 1) >> 8;
    }

    /// <summary>
    /// Whether all four places have four bytes in the frame. The last row, behind which nothing lies, counts as out.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(Vector128<int> x, Vector128<int> y) => Vector128.EqualsAll(
        Vector128.LessThan(x.AsUInt32(), Vector128.Create((uint)Width))
            & Vector128.LessThan(y.AsUInt32(), Vector128.Create((uint)Height - 1)),
        Vector128<uint>.AllBitsSet);

    /// <summary>The four bytes at an offset that has been seen to lie at least four before the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Inside(int offset) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(_pixels), offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Single(uint pixel) => Vector128.ConvertToSingle(
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte())).AsInt32());
}
