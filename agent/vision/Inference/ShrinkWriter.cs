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
sealed class ShrinkWriter(int width, int height, int tapsMax)
{
    readonly int[] _columns = new int[width * tapsMax];
    ushort[] _sums = [];

    /// <param name="frame">Where the pixels come from.</param>
    /// <param name="toFrame">Scales and shifts only, downwards and to the right.</param>
    /// <param name="target">Takes each mean pixel.</param>
    public void Write(Frame frame, in Matrix3x2 toFrame, in PlanarTensor target)
    {
        var across = Taps(toFrame.M11);
        var down = Taps(toFrame.M22);
        var nothing = frame.Stride;
        if (_sums.Length < frame.Stride + 8) _sums = new ushort[frame.Stride + 8];
        var (from, until) = PlanColumns(frame, toFrame, across, nothing);
        var share = Vector128.Create(1f / (across * down));
        // Every planned column lies in the sums: the inner loop goes without bounds checks.
        ref var columns = ref MemoryMarshal.GetArrayDataReference(_columns);
        ref var sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        for (var y = 0; y < height; y++)
        {
            SumRows(frame, toFrame, y, down, from, until);
            for (var x = 0; x < width; x++)
            {
                // Nine bytes at the most add up to less than 2^16: widened once, after the sum.
                var sum = Vector128<ushort>.Zero;
                for (var tap = x * across; tap < (x + 1) * across; tap++)
                    sum += Pixel(ref sums, Unsafe.Add(ref columns, tap));
                target.Store(Vector128.ConvertToSingle(Vector128.WidenLower(sum).AsInt32()) * share, y * width + x);
            }
        }
    }

    int Taps(float shrink) => Math.Clamp((int)MathF.Round(shrink), 1, tapsMax);

    /// <summary>Source column of each tap, or the zero behind the row for one outside; and the span of columns in use.</summary>
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

    void SumRows(Frame frame, in Matrix3x2 toFrame, int y, int taps, int from, int until)
    {
        if (from >= until) return;

        var sums = _sums.AsSpan(from, until - from);
        var first = true;
        for (var tap = 0; tap < taps; tap++)
        {
            var row = (int)MathF.Floor((y + (tap + 0.5f) / taps) * toFrame.M22 + toFrame.M32);
            if ((uint)row >= (uint)frame.Height) continue;

            Add(frame.Pixels.Slice(row * frame.Stride + from, until - from), sums, first);
            first = false;
        }

        if (first) sums.Clear();
    }

    static void Add(ReadOnlySpan<byte> row, Span<ushort> sums, bool first)
    {
        ref var source = ref MemoryMarshal.GetReference(row);
        ref var target = ref MemoryMarshal.GetReference(sums);
        var i = 0;
        for (; i <= row.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref source, (nuint)i));
            if (!first)
            {
                low += Vector256.LoadUnsafe(ref target, (nuint)i);
                high += Vector256.LoadUnsafe(ref target, (nuint)(i + Vector256<ushort>.Count));
            }

            low.StoreUnsafe(ref target, (nuint)i);
            high.StoreUnsafe(ref target, (nuint)(i + Vector256<ushort>.Count));
        }

        for (; i < row.Length; i++) sums[i] = (ushort)((first ? 0 : sums[i]) + row[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ushort> Pixel(ref ushort sums, int column) =>
        Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(
            ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref sums, column)))).AsUInt16();
}
