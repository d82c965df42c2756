using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeFace.Matching;

/// <summary>Four rows of nibbles times a probe, in 512-bit instructions. See <see cref="NibblePlane"/> for the layout.</summary>
static class NibbleKernel512
{
    const int Block = NibblePlane.BlockBytes;

    // A load adds four products to a lane: two nibbles, two neighbours.
    const int Group = NibblePlane.ProductsInShort / 4 * Block;

    /// <param name="rows">Four rows of <paramref name="stride"/> bytes.</param>
    /// <param name="stride">Bytes of a row, whole blocks.</param>
    /// <param name="probe">Two codes for each byte of a row.</param>
    public static Vector128<int> Dot4(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<sbyte> probe)
    {
        ref var row0 = ref MemoryMarshal.GetReference(rows[..(4 * stride)]);
        ref var codes = ref MemoryMarshal.GetReference(probe[..(2 * stride)]);
        var (all0, all1, all2, all3) =
            (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
        for (var start = 0; start < stride; start += Group)
        {
            var (sum0, sum1, sum2, sum3) =
                (Vector512<short>.Zero, Vector512<short>.Zero, Vector512<short>.Zero, Vector512<short>.Zero);
            var end = Math.Min(stride, start + Group);
            for (var at = start; at < end; at += Block)
            {
                var low = Vector512.LoadUnsafe(ref codes, (nuint)(2 * at));
                var high = Vector512.LoadUnsafe(ref codes, (nuint)(2 * at + Block));
                sum0 += Products(ref row0, at, low, high);
                sum1 += Products(ref row0, at + stride, low, high);
                sum2 += Products(ref row0, at + 2 * stride, low, high);
                sum3 += Products(ref row0, at + 3 * stride, low, high);
            }

            all0 += Avx512BW.MultiplyAddAdjacent(sum0, Vector512<short>.One);
            all1 += Avx512BW.MultiplyAddAdjacent(sum1, Vector512<short>.One);
            all2 += Avx512BW.MultiplyAddAdjacent(sum2, Vector512<short>.One);
            all3 += Avx512BW.MultiplyAddAdjacent(sum3, Vector512<short>.One);
        }

        return Vector128.Create(Vector512.Sum(all0), Vector512.Sum(all1), Vector512.Sum(all2), Vector512.Sum(all3));
    }

    static Vector512<short> Products(ref byte rows, int at, Vector512<sbyte> low, Vector512<sbyte> high)
    {
        var both = Vector512.LoadUnsafe(ref rows, (nuint)at);
        var nibble = Vector512.Create((byte)0x0F);
        return Avx512BW.MultiplyAddAdjacent(both & nibble, low)
            + Avx512BW.MultiplyAddAdjacent((both.AsUInt16() >>> 4).AsByte() & nibble, high);
    }
}
