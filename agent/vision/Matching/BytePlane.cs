using System.Runtime.Intrinsics;

namespace EdgeFace.Matching;

/// <summary>The second pass: rows at eight bits a value, read only where four bits could not rule a row out.</summary>
sealed class BytePlane
{
    /// <summary>A row and a probe are padded with zeros to a multiple of this.</summary>
    const int BlockBytes = 64;

    const int RowsAtOnce = 4;

    readonly AlignedArray<sbyte> _codes;
    readonly QuantizedRow[] _rows;
    readonly float _codeNormMost;
    readonly int _stride;

    public BytePlane(ReadOnlySpan<float> rows, int width)
    {
        var count = rows.Length / width;
        _stride = (width + BlockBytes - 1) / BlockBytes * BlockBytes;
        _codes = new AlignedArray<sbyte>(checked(count * _stride));
        _rows = new QuantizedRow[count];
        Span<float> codes = stackalloc float[width];
        for (var row = 0; row < count; row++)
        {
            _rows[row] = QuantizedRow.ToBytes(rows.Slice(row * width, width), codes);
            _codeNormMost = Math.Max(_codeNormMost, _rows[row].CodeNorm);
            var target = _codes.Span.Slice(row * _stride, width);
            for (var i = 0; i < width; i++) target[i] = (sbyte)codes[i];
        }
    }

    /// <summary>Of each row, a similarity that its own cannot exceed, but for the roundings of single precision.</summary>
    /// <param name="rows">Which rows, and room after them up to a multiple of four.</param>
    /// <param name="count">How many.</param>
    /// <param name="probe">Of the plane's width.</param>
    /// <param name="kernel">One that this processor has.</param>
    /// <param name="bounds">Receives as many, and has the same room.</param>
    public void Bounds(Span<int> rows, int count, scoped in QuantizedProbe probe, Kernel kernel, Span<float> bounds)
    {
        // The last four are filled up with one of theirs.
        for (var i = count; i % RowsAtOnce != 0; i++) rows[i] = rows[count - 1];

        for (var i = 0; i < count; i += RowsAtOnce)
            BoundsOfFour(rows.Slice(i, RowsAtOnce), probe, kernel).CopyTo(bounds[i..]);
    }

    Vector128<float> BoundsOfFour(ReadOnlySpan<int> four, scoped in QuantizedProbe probe, Kernel kernel)
    {
        var dots = kernel switch
        {
            Kernel.Avx512 => ByteKernel512.Dot4(_codes.Span, _stride, four, probe.Codes),
            Kernel.Avx2 => ByteKernel256.Dot4(_codes.Span, _stride, four, probe.Codes),
            _ => ByteKernel128.Dot4(_codes.Span, _stride, four, probe.Codes),
        };
        var (row0, row1, row2, row3) = (_rows[four[0]], _rows[four[1]], _rows[four[2]], _rows[four[3]]);
        var scales = Vector128.Create(row0.Scale, row1.Scale, row2.Scale, row3.Scale);
        var residuals = Vector128.Create(row0.ResidualNorm, row1.ResidualNorm, row2.ResidualNorm, row3.ResidualNorm);
        return Vector128.ConvertToSingle(dots) * scales * probe.Quantized.Scale
            + residuals * probe.Norm + Vector128.Create(_codeNormMost * probe.Quantized.ResidualNorm);
    }
}
