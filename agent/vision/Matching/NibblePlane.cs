using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeFace.Matching;

/// <summary>
/// The first pass: every row at four bits a value, an eighth of the bytes of single precision. Reading memory is what a
/// search takes its time for.
/// </summary>
/// <remarks>
/// A row is blocks of 64 bytes. Byte i of a block holds value i in its low and value i + 64 in its high nibble, each as
/// code + 8, so 1..15: unsigned, as the multiplication of bytes wants one side. The padding meets zeros of the probe.
/// </remarks>
sealed class NibblePlane
{
    public const int BlockBytes = 64;

    /// <summary>Blocks whose products a lane of 16 bits can hold: 4 x 2 x 2 products of at most 15 x 127.</summary>
    public const int BlocksInShort = 4;

    /// <summary>Rows that a kernel takes at once; the plane ends in rows of zeros up to a multiple.</summary>
    public const int RowsAtOnce = 4;

    const int Offset = 8;

    readonly AlignedArray<byte> _codes;
    readonly float[] _scales;
    readonly float[] _residuals;
    readonly int _stride;

    public NibblePlane(ReadOnlySpan<float> rows, int width)
    {
        var count = rows.Length / width;
        _stride = StrideOf(width);
        PaddedRows = (count + RowsAtOnce - 1) / RowsAtOnce * RowsAtOnce;
        _codes = new AlignedArray<byte>(checked(PaddedRows * _stride));
        _scales = new float[PaddedRows];
        _residuals = new float[count];
        Span<float> codes = stackalloc float[width];
        for (var row = 0; row < count; row++)
        {
            var quantized = QuantizedRow.ToNibbles(rows.Slice(row * width, width), codes);
            Pack(codes, _codes.Span.Slice(row * _stride, _stride));
            (_scales[row], _residuals[row]) = (quantized.Scale, quantized.ResidualNorm);
            CodeNormMost = Math.Max(CodeNormMost, quantized.CodeNorm);
        }
    }

    public int PaddedRows { get; }

    public long Bytes => _codes.Length;

    /// <summary>Longest row of codes.</summary>
    public float CodeNormMost { get; }

    /// <summary>Of each row, the length of what the codes leave out.</summary>
    public ReadOnlySpan<float> Residuals => _residuals;

    /// <summary>Codes that a probe of this width is padded to.</summary>
    public static int ProbeLength(int width) => 2 * StrideOf(width);

    /// <summary>Approximate similarity of every row.</summary>
    /// <param name="probe">Of the plane's width.</param>
    /// <param name="kernel">One that this processor has.</param>
    /// <param name="scores">As long as <see cref="PaddedRows"/>.</param>
    public void Score(scoped in QuantizedProbe probe, Kernel kernel, Span<float> scores)
    {
        var codes = _codes.Span;
        var stride = _stride;
        var bias = Vector128.Create(Offset * probe.Sum);
        var vectors = MemoryMarshal.Cast<float, Vector128<float>>(scores[..PaddedRows]);
        var scales = MemoryMarshal.Cast<float, Vector128<float>>(_scales.AsSpan());
        for (var i = 0; i < vectors.Length; i++)
        {
            var rows = codes.Slice(i * RowsAtOnce * stride, RowsAtOnce * stride);
            var dots = kernel switch
            {
                Kernel.Avx512 => NibbleKernel512.Dot4(rows, stride, probe.Codes),
                Kernel.Avx2 => NibbleKernel256.Dot4(rows, stride, probe.Codes),
                _ => NibbleKernel128.Dot4(rows, stride, probe.Codes),
            };
            vectors[i] = Vector128.ConvertToSingle(dots - bias) * scales[i] * probe.Quantized.Scale;
        }
    }

    static int StrideOf(int width) => (width + 2 * BlockBytes - 1) / (2 * BlockBytes) * BlockBytes;

    static void Pack(ReadOnlySpan<float> codes, Span<byte> row)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            var (block, within) = (i / (2 * BlockBytes), i % (2 * BlockBytes));
            var nibble = (int)codes[i] + Offset;
            row[block * BlockBytes + within % BlockBytes] |= (byte)(within < BlockBytes ? nibble : nibble << 4);
        }
    }
}
