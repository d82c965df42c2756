using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeFace.Matching;

/// <summary>Four rows of bytes times a probe, in 256-bit instructions.</summary>
static class ByteKernel256
{
    /// <param name="rows">All rows.</param>
    /// <param name="stride">Codes of a row, a multiple of 64.</param>
    /// <param name="four">Which rows.</param>
    /// <param name="probe">As many codes as a row or more.</param>
    public static Vector128<int> Dot4(ReadOnlySpan<sbyte> rows, int stride, ReadOnlySpan<int> four, ReadOnlySpan<sbyte> probe)
    {
        ref var row0 = ref MemoryMarshal.GetReference(rows.Slice(four[0] * stride, stride));
        ref var row1 = ref MemoryMarshal.GetReference(rows.Slice(four[1] * stride, stride));
        ref var row2 = ref MemoryMarshal.GetReference(rows.Slice(four[2] * stride, stride));
        ref var row3 = ref MemoryMarshal.GetReference(rows.Slice(four[3] * stride, stride));
        ref var codes = ref MemoryMarshal.GetReference(probe[..stride]);
        var (sum0, sum1, sum2, sum3) =
            (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        for (var at = 0; at < stride; at += Vector256<short>.Count)
        {
            // Four rows at once keep four times as many reads of memory under way as one.
            var wide = Widen(ref codes, at);
            sum0 += Avx2.MultiplyAddAdjacent(Widen(ref row0, at), wide);
            sum1 += Avx2.MultiplyAddAdjacent(Widen(ref row1, at), wide);
            sum2 += Avx2.MultiplyAddAdjacent(Widen(ref row2, at), wide);
            sum3 += Avx2.MultiplyAddAdjacent(Widen(ref row3, at), wide);
        }

        return Vector128.Create(Vector256.Sum(sum0), Vector256.Sum(sum1), Vector256.Sum(sum2), Vector256.Sum(sum3));
    }

    static Vector256<short> Widen(ref sbyte codes, int at) =>
        Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref codes, (nuint)at));
}
