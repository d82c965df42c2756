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
        var bytes = RowsAtOnce * _stride;
        for (var i = 0; i < fours.Length; i++)
        {
            var dots = Dot4(_codes.Span.Slice(i * bytes, bytes), 0, 1, 2, 3, probe, kernel);
            fours[i] = ToSimilarity(dots, scales[i], probe);
        }
    }

    /// <summary>Product of four rows with a probe.</summary>
    /// <param name="four">Which rows; they may repeat.</param>
    /// <param name="probe">Of the plane's width.</param>
    /// <param name="kernel">One that this processor has.</param>
    public Vector128<float> Multiply(ReadOnlySpan<int> four, scoped in QuantizedProbe probe, Kernel kernel)
    {
        var dots = Dot4(_codes.Span, four[0], four[1], four[2], four[3], probe, kernel);
        var scales = Vector128.Create(_scales[four[0]], _scales[four[1]], _scales[four[2]], _scales[four[3]]);
        return ToSimilarity(dots, scales, probe);
    }

    Vector128<int> Dot4(
        ReadOnlySpan<byte> rows, int first, int second, int third, int fourth, scoped in QuantizedProbe probe, Kernel kernel) =>
        kernel switch
        {
            Kernel.Avx512 => NibbleKernel512.Dot4(rows, _stride, first, second, third, fourth, probe.Codes),
            Kernel.Avx2 => NibbleKernel256.Dot4(rows, _stride, first, second, third, fourth, probe.Codes),
            _ => NibbleKernel128.Dot4(rows, _stride, first, second, third, fourth, probe.Codes),
        };

    static Vector128<float> ToSimilarity(Vector128<int> dots, Vector128<float> scales, scoped in QuantizedProbe probe) =>
        Vector128.ConvertToSingle(dots - Vector128.Create(Offset * probe.Sum)) * scales * probe.Scale;

    static int StrideOf(int width) => (width + 2 * BlockBytes - 1) / (2 * BlockBytes) * BlockBytes;
}
