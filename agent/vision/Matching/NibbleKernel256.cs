using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeFace.Matching;

/// <summary>Four rows of nibbles times a probe, in 256-bit instructions. See <see cref="NibblePlane"/> for the layout.</summary>
static class NibbleKernel256
{
    const int Block = NibblePlane.BlockBytes;
    const int Half = Block / 2;

    // A load adds four products to a lane: two nibbles, two neighbours.
    const int Group = NibblePlane.ProductsInShort / 4 * Half;

    /// <param name="rows">Four rows of <paramref name="stride"/> bytes.</param>
    /// <param name="stride">Bytes of a row, whole blocks.</param>
    /// <param name="probe">Two codes for each byte of a row.</param>
    public static Vector128<int> Dot4(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<sbyte> probe)
    {
        ref var row0 = ref MemoryMarshal.GetReference(rows[..(4 * stride)]);
        ref var codes = ref MemoryMarshal.GetReference(probe[..(2 * stride)]);
        var (all0, all1, all2, all3) =
            (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        for (var start = 0; start < stride; start += Group)
        {
            var (sum0, sum1, sum2, sum3) =
                (Vector256<short>.Zero, Vector256<short>.Zero, Vector256<short>.Zero, Vector256<short>.Zero);
            var end = Math.Min(stride, start + Group);
            for (var at = start; at < end; at += Half)
            {
                // The low nibbles of a block meet its first 64 codes, the high ones its last 64; this is half a block.
                var code = at / Block * 2 * Block + at % Block;
                var low = Vector256.LoadUnsafe(ref codes, (nuint)code);
                var high = Vector256.LoadUnsafe(ref codes, (nuint)(code + Block));
                sum0 += Products(ref row0, at, low, high);
                sum1 += Products(ref row0, at + stride, low, high);
                sum2 += Products(ref row0, at + 2 * stride, low, high);
                sum3 += Products(ref row0, at + 3 * stride, low, high);
            }

            all0 += Avx2.MultiplyAddAdjacent(sum0, Vector256<short>.One);
            all1 += Avx2.MultiplyAddAdjacent(sum1, Vector256<short>.One);
            all2 += Avx2.MultiplyAddAdjacent(sum2, Vector256<short>.One);
            all3 += Avx2.MultiplyAddAdjacent(sum3, Vector256<short>.One);
        }

        return Vector128.Create(Vector256.Sum(all0), Vector256.Sum(all1), Vector256.Sum(all2), Vector256.Sum(all3));
    }

    static Vector256<short> Products(ref byte rows, int at, Vector256<sbyte> low, Vector256<sbyte> high)
    {
        var both = Vector256.LoadUnsafe(ref rows, (nuint)at);
        var nibble = Vector256.Create((byte)0x0F);
        return Avx2.MultiplyAddAdjacent(both & nibble, low)
            + Avx2.MultiplyAddAdjacent((both.AsUInt16() >>> 4).AsByte() & nibble, high);
    }
}
