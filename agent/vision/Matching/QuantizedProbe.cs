using System.Numerics.Tensors;

namespace EdgeFace.Matching;

/// <summary>A probe as both passes read it: rounded to bytes, padded with zeros to whole blocks, and what the rounding cost.</summary>
readonly ref struct QuantizedProbe
{
    /// <param name="values">The probe, a unit vector.</param>
    /// <param name="codes">Room for the codes: as long as a padded row, or longer.</param>
    public QuantizedProbe(ReadOnlySpan<float> values, Span<sbyte> codes)
    {
        Span<float> whole = stackalloc float[values.Length];
        Quantized = QuantizedRow.ToBytes(values, whole);
        codes.Clear();
        var sum = 0;
        for (var i = 0; i < whole.Length; i++)
        {
            codes[i] = (sbyte)whole[i];
            sum += codes[i];
        }

        Codes = codes;
        Sum = sum;
        // A sum of n squares in single precision is off by n half-units at most.
        Norm = TensorPrimitives.Norm(values) * (1 + (values.Length + 8) * SearchBounds.HalfUnit);
    }

    /// <summary>-127..127, zero beyond the width.</summary>
    public ReadOnlySpan<sbyte> Codes { get; }

    public QuantizedRow Quantized { get; }

    /// <summary>Of all codes: what a row's offset of one adds to its product.</summary>
    public int Sum { get; }

    /// <summary>Length of the probe, rounded up.</summary>
    public float Norm { get; }
}
