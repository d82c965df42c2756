using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeFace.Capture;

namespace EdgeFace.Inference;

/// <summary>
/// The upright case of <see cref="TensorWriter"/>, for pictures that shrink: a box filter, done by rows. The source rows
/// of one input row are added up over their whole width with wide adds, then the columns are gathered from the sum, so
/// that a 1920 x 1080 frame costs about as much as reading the rows that it uses.
/// </summary>
sealed class ShrinkWriter(int width, int height)
{
    /// <summary>Pixels of a cell in each direction, at the most: the rows are added up so many at once.</summary>
    public const int TapsMax = 3;

    readonly int[] _columns = new int[width * TapsMax];
    ushort[] _sums = [];
    byte[] _blank = [];

    /// <param name="frame">Where the pixels come from.</param>
    /// <param name="toFrame">Scales and shifts only, downwards and to the right.</param>
    /// <param name="target">Takes each mean pixel.</param>
    public void Write(Frame frame, in Matrix3x2 toFrame, in PlanarTensor target)
    {
        var across = Taps(toFrame.M11);
        var down = Taps(toFrame.M22);
        if (_blank.Length < frame.Stride) (_sums, _blank) = (new ushort[frame.Stride + 8], new byte[frame.Stride]);
        var (from, until) = PlanColumns(frame, toFrame, across, nothing: frame.Stride);
        var share = 1f / (across * down);
        var grouped = width - width % PlanarTensor.Group;
        // Every planned column lies in the sums: the inner loops go without bounds checks.
        ref var columns = ref MemoryMarshal.GetArrayDataReference(_columns);
        ref var sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        for (var y = 0; y < height; y++)
        {
            if (from < until) SumRows(frame, toFrame, y, down, from, until);
            var x = 0;
            for (ref var at = ref columns; x < grouped; x += PlanarTensor.Group)
            {
                var first = Cell(ref sums, ref at, across);
                at = ref Unsafe.Add(ref at, across);
                var second = Cell(ref sums, ref at, across);
                at = ref Unsafe.Add(ref at, across);
                var third = Cell(ref sums, ref at, across);
                at = ref Unsafe.Add(ref at, across);
                var fourth = Cell(ref sums, ref at, across);
                at = ref Unsafe.Add(ref at, across);
                target.Store(first, second, third, fourth, share, y * width + x);
            }

            for (; x < width; x++)
            {
                var sum = Cell(ref sums, ref Unsafe.Add(ref columns, x * across), across);
                target.Store(sum, share, y * width + x);
            }
        }
    }

    static int Taps(float shrink) => Math.Clamp((int)MathF.Round(shrink), 1, TapsMax);

    /// <summary>
    /// Source column of each tap, or the zero behind the row for one outside; and the span of columns in use.
    /// </summary>
    (int From, int Until) PlanColumns(Frame frame, in Matrix3x2 toFrame, int taps, int nothing)
    {
        var (from, until) = (nothing, 0);
        for (var i = 0; i < width * taps; i++)
        {
            var x = (int)MathF.Floor((i + 0.5f) / taps * toFrame.M11 + toFrame.M31);
            var inside = (uint)x < (uint)frame.Width;
            _columns[i] = inside ? x * 3 : nothing;
            if (!inside) continue;

            from = Math.Min(from, x * 3);
            until = Math.Max(until, x * 3 + 3);
        }

        _sums.AsSpan(nothing, 8).Clear();
        return (from, until);
    }

    /// <summary>A row outside the frame, or beyond the taps, is blank.</summary>
    void SumRows(Frame frame, in Matrix3x2 toFrame, int y, int taps, int from, int until)
    {
        var first = Row(frame, toFrame, y, 0, taps, from, until);
        var second = Row(frame, toFrame, y, 1, taps, from, until);
        var third = Row(frame, toFrame, y, 2, taps, from, until);
        Add(first, second, third, _sums.AsSpan(from, until - from));
    }

    ReadOnlySpan<byte> Row(Frame frame, in Matrix3x2 toFrame, int y, int tap, int taps, int from, int until)
    {
        var row = (int)MathF.Floor((y + (tap + 0.5f) / taps) * toFrame.M22 + toFrame.M32);
        return tap < taps && (uint)row < (uint)frame.Height
            ? frame.Pixels.Slice(row * frame.Stride + from, until - from)
            : _blank.AsSpan(0, until - from);
    }

    static void Add(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<ushort> sums)
    {
        // All four are of one length: it is checked here once, for the loads that are not.
        second = second[..first.Length];
        third = third[..first.Length];
        sums = sums[..first.Length];
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        ref var c = ref MemoryMarshal.GetReference(third);
        ref var target = ref MemoryMarshal.GetReference(sums);
        var i = 0;
        for (; i <= first.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            var (lowA, highA) = Vector256.Widen(Vector256.LoadUnsafe(ref a, (nuint)i));
            var (lowB, highB) = Vector256.Widen(Vector256.LoadUnsafe(ref b, (nuint)i));
            var (lowC, highC) = Vector256.Widen(Vector256.LoadUnsafe(ref c, (nuint)i));
            (lowA + lowB + lowC).StoreUnsafe(ref target, (nuint)i);
            (highA + highB + highC).StoreUnsafe(ref target, (nuint)(i + Vector256<ushort>.Count));
        }

        for (; i < first.Length; i++) sums[i] = (ushort)(first[i] + second[i] + third[i]);
    }

    /// <summary>
    /// The sum of a cell, its channels side by side in 16 bits each: nine bytes at the most leave no carry, so that a
    /// plain addition adds all four.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Cell(ref ushort sums, ref int columns, int taps)
    {
        var sum = Pixel(ref sums, columns);
        if (taps > 1) sum += Pixel(ref sums, Unsafe.Add(ref columns, 1));
        if (taps > 2) sum += Pixel(ref sums, Unsafe.Add(ref columns, 2));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Pixel(ref ushort sums, int column) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref sums, column)));
}
