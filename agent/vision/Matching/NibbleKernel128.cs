using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeFace.Matching;

/// <summary>Four rows of nibbles times a probe, in what every processor has. See <see cref="NibblePlane"/> for the layout.</summary>
static class NibbleKernel128
{
    const int Block = NibblePlane.BlockBytes;

    /// <param name="rows">Four rows of <paramref name="stride"/> bytes.</param>
    /// <param name="stride">Bytes of a row, whole blocks.</param>
    /// <param name="probe">Two codes for each byte of a row.</param>
    public static Vector128<int> Dot4(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<sbyte> probe) =>
        Vector128.Create(
            Dot(rows[..stride], probe),
            Dot(rows.Slice(stride, stride), probe),
            Dot(rows.Slice(2 * stride, stride), probe),
            Dot(rows.Slice(3 * stride, stride), probe));

    static int Dot(ReadOnlySpan<byte> row, ReadOnlySpan<sbyte> probe)
    {
        ref var bytes = ref MemoryMarshal.GetReference(row);
        ref var codes = ref MemoryMarshal.GetReference(probe[..(2 * row.Length)]);
        var all = Vector128<int>.Zero;
        for (var block = 0; block < row.Length; block += Block)
        {
            // A lane takes 16 products of at most 15 x 127: 30,480 of a short's 32,767.
            var sum = Vector128<short>.Zero;
            for (var at = 0; at < Block; at += Vector128<byte>.Count)
            {
                var both = Vector128.LoadUnsafe(ref bytes, (nuint)(block + at));
                sum += Products((both & Vector128.Create((byte)0x0F)).AsSByte(), ref codes, 2 * block + at);
                sum += Products((both >>> 4).AsSByte(), ref codes, 2 * block + at + Block);
            }

            all += Vector128.WidenLower(sum) + Vector128.WidenUpper(sum);
        }

        return Vector128.Sum(all);
    }

    static Vector128<short> Products(Vector128<sbyte> nibbles, ref sbyte codes, int at)
    {
        var probe = Vector128.LoadUnsafe(ref codes, (nuint)at);
        return Vector128.WidenLower(nibbles) * Vector128.WidenLower(probe)
            + Vector128.WidenUpper(nibbles) * Vector128.WidenUpper(probe);
    }
}
