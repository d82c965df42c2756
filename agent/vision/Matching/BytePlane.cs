namespace EdgeFace.Matching;

/// <summary>The second pass: rows at eight bits a value, read only where four bits could not rule a row out.</summary>
sealed class BytePlane
{
    /// <summary>A row and a probe are padded with zeros to a multiple of this.</summary>
    const int BlockBytes = 64;

    readonly AlignedArray<sbyte> _codes;
    readonly QuantizedRow[] _rows;
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
            var target = _codes.Span.Slice(row * _stride, width);
            for (var i = 0; i < width; i++) target[i] = (sbyte)codes[i];
        }
    }

    /// <summary>A similarity that the row's own cannot exceed, but for the roundings of single precision.</summary>
    public float Bound(int row, in QuantizedProbe probe, Kernel kernel)
    {
        var codes = _codes.Span.Slice(row * _stride, _stride);
        var dot = kernel is Kernel.Portable ? ByteKernel128.Dot(codes, probe.Codes) : ByteKernel256.Dot(codes, probe.Codes);
        ref readonly var known = ref _rows[row];
        return dot * known.Scale * probe.Quantized.Scale
            + known.ResidualNorm * probe.Norm + known.CodeNorm * probe.Quantized.ResidualNorm;
    }
}
