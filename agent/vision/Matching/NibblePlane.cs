using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeFace.Matching;

/// <summary>
/// Rows at four bits a value, an eighth of the bytes of single precision: reading memory is what a search takes its time for.
/// </summary>
/// <remarks>
/// A row is blocks of 64 bytes. Byte i of a block holds value i in its low and value i + 64 in its high nibble, each as
/// code + 8, so 1..15: unsigned, as the multiplication of bytes wants one side. The padding meets zeros of the probe.
/// </remarks>
sealed class NibblePlane
{
    public const int BlockBytes = 64;

    /// <summary>Products of at most 15 x 127 that a lane of 16 bits can hold.</summary>
    public const int ProductsInShort = 16;

    /// <summary>Rows that a kernel takes at once.</summary>
    public const int RowsAtOnce = 4;

    const int Offset = 8;

    readonly AlignedArray<byte> _codes;
    readonly float[] _scales;
    readonly int _stride;

    /// <param name="count">Rows; the plane ends in rows of zeros up to a multiple of four.</param>
    /// <param name="width">Values of each.</param>
    public NibblePlane(int count, int width)
    {
        _stride = StrideOf(width);
        PaddedRows = (count + RowsAtOnce - 1) / RowsAtOnce * RowsAtOnce;
        _codes = new AlignedArray<byte>(checked(PaddedRows * _stride));
        _scales = new float[PaddedRows];
    }

    public int PaddedRows { get; }

    public long Bytes => _codes.Length;

    /// <summary>Codes that a probe of this width is padded to.</summary>
    public static int ProbeLength(int width) => 2 * StrideOf(width);

    /// <param name="row">Number of a row that has not been set.</param>
    /// <param name="scale">What a step of the codes is worth.</param>
    /// <param name="codes">-7..7.</param>
    public void Set(int row, float scale, ReadOnlySpan<float> codes)
    {
        _scales[row] = scale;
        var bytes = _codes.Span.Slice(row * _stride, _stride);
        for (var i = 0; i < codes.Length; i++)
        {
            var (block, within) = (i / (2 * BlockBytes), i % (2 * BlockBytes));
            var nibble = (int)codes[i] + Offset;
            bytes[block * BlockBytes + within % BlockBytes] |= (byte)(within < BlockBytes ? nibble : nibble << 4);
        }
    }

    /// <summary>Product of every row with a probe.</summary>
    /// <param name="probe">Of the plane's width.</param>
    /// <param name="kernel">One that this processor has.</param>
    /// <param name="products">As long as <see cref="PaddedRows"/>.</param>
    public void Multiply(scoped in QuantizedProbe probe, Kernel kernel, Span<float> products)
    {
        var fours = MemoryMarshal.Cast<float, Vector128<float>>(products[..PaddedRows]);
        var scales = MemoryMarshal.Cast<float, Vector128<float>>(_scales.AsSpan());
        var codes = _codes.Span;
        var bytes = RowsAtOnce * _stride;
        for (var i = 0; i < fours.Length; i++)
            fours[i] = Multiply(codes.Slice(i * bytes, bytes), scales[i], probe, kernel);
    }

    /// <summary>Product of chosen rows with a probe.</summary>
    /// <param name="rows">Which rows: a multiple of four; they may repeat.</param>
    /// <param name="probe">Of the plane's width.</param>
    /// <param name="kernel">One that this processor has.</param>
    /// <param name="products">As long as <paramref name="rows"/>.</param>
    public void Multiply(ReadOnlySpan<int> rows, scoped in QuantizedProbe probe, Kernel kernel, Span<float> products)
    {
        // Brought together, far rows go through the kernel of neighbours: the copy costs less than a kernel that can do both.
        Span<byte> four = stackalloc byte[RowsAtOnce * _stride];
        var codes = _codes.Span;
        for (var i = 0; i < rows.Length; i += RowsAtOnce)
        {
            for (var k = 0; k < RowsAtOnce; k++)
                codes.Slice(rows[i + k] * _stride, _stride).CopyTo(four[(k * _stride)..]);

            var scales = Vector128.Create(
                _scales[rows[i]], _scales[rows[i + 1]], _scales[rows[i + 2]], _scales[rows[i + 3]]);
            Multiply(four, scales, probe, kernel).CopyTo(products[i..]);
        }
    }

    Vector128<float> Multiply(
        ReadOnlySpan<byte> four, Vector128<float> scales, scoped in QuantizedProbe probe, Kernel kernel)
    {
        var dots = kernel switch
        {
            Kernel.Avx512 => NibbleKernel512.Dot4(four, _stride, probe.Codes),
            Kernel.Avx2 => NibbleKernel256.Dot4(four, _stride, probe.Codes),
            _ => NibbleKernel128.Dot4(four, _stride, probe.Codes),
        };
        return Vector128.ConvertToSingle(dots - Vector128.Create(Offset * probe.Sum)) * scales * probe.Scale;
    }

    static int StrideOf(int width) => (width + 2 * BlockBytes - 1) / (2 * BlockBytes) * BlockBytes;
}
