using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeFace.Matching;

/// <summary>Four rows of bytes times a probe, in what every processor has.</summary>
static class ByteKernel128
{
    /// <param name="rows">All rows.</param>
    /// <param name="stride">Codes of a row, a multiple of 64.</param>
    /// <param name="four">Which rows.</param>
    /// <param name="probe">As many codes as a row or more.</param>
    public static Vector128<int> Dot4(ReadOnlySpan<sbyte> rows, int stride, ReadOnlySpan<int> four, ReadOnlySpan<sbyte> probe) =>
        Vector128.Create(
            Dot(rows.Slice(four[0] * stride, stride), probe),
            Dot(rows.Slice(four[1] * stride, stride), probe),
            Dot(rows.Slice(four[2] * stride, stride), probe),
            Dot(rows.Slice(four[3] * stride, stride), probe));

    static int Dot(ReadOnlySpan<sbyte> row, ReadOnlySpan<sbyte> probe)
    {
        ref var left = ref MemoryMarshal.GetReference(row);
        ref var right = ref MemoryMarshal.GetReference(probe[..row.Length]);
        var sum = Vector128<int>.Zero;
        for (var at = 0; at < row.Length; at += Vector128<sbyte>.Count)
        {
            var (mine, other) = (Vector128.LoadUnsafe(ref left, (nuint)at), Vector128.LoadUnsafe(ref right, (nuint)at));
            // One product of two bytes fits a short, -16,129..16,129; two of them still do.
            var products = Vector128.WidenLower(mine) * Vector128.WidenLower(other)
                + Vector128.WidenUpper(mine) * Vector128.WidenUpper(other);
            sum += Vector128.WidenLower(products) + Vector128.WidenUpper(products);
        }

        return Vector128.Sum(sum);
    }
}
