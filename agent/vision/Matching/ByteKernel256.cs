using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeFace.Matching;

/// <summary>A row of bytes times a probe, in 256-bit instructions.</summary>
static class ByteKernel256
{
    /// <param name="row">A multiple of 64 codes.</param>
    /// <param name="probe">As many or more.</param>
    public static int Dot(ReadOnlySpan<sbyte> row, ReadOnlySpan<sbyte> probe)
    {
        ref var left = ref MemoryMarshal.GetReference(row);
        ref var right = ref MemoryMarshal.GetReference(probe[..row.Length]);
        var (even, odd) = (Vector256<int>.Zero, Vector256<int>.Zero);
        for (var at = 0; at < row.Length; at += 2 * Vector128<sbyte>.Count)
        {
            even += Products(ref left, ref right, at);
            odd += Products(ref left, ref right, at + Vector128<sbyte>.Count);
        }

        return Vector256.Sum(even + odd);
    }

    static Vector256<int> Products(ref sbyte left, ref sbyte right, int at) =>
        Avx2.MultiplyAddAdjacent(
            Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref left, (nuint)at)),
            Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref right, (nuint)at)));
}
