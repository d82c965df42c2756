namespace EdgeFace.Matching;

/// <summary>A probe as the passes over the nibbles read it: rounded to bytes, padded with zeros to whole blocks.</summary>
readonly ref struct QuantizedProbe
{
    /// <param name="values">The probe, a unit vector.</param>
    /// <param name="codes">Room for the codes, <see cref="NibblePlane.ProbeLength"/>.</param>
    public QuantizedProbe(ReadOnlySpan<float> values, Span<sbyte> codes)
    {
        Span<float> whole = stackalloc float[values.Length];
        Scale = Quantizer.ToBytes(values, whole);
        codes.Clear();
        for (var i = 0; i < whole.Length; i++)
        {
            codes[i] = (sbyte)whole[i];
            Sum += codes[i];
        }

        Codes = codes;
        Norm = RoundedUp.Norm(values);
        ResidualNorm = RoundedUp.Residual(values, Scale, whole);
    }

    /// <summary>-127..127, zero beyond the width.</summary>
    public ReadOnlySpan<sbyte> Codes { get; }

    /// <summary>What a step of the codes is worth.</summary>
    public float Scale { get; }

    /// <summary>Of all codes: what a row's offset of one adds to its product.</summary>
    public int Sum { get; }

    /// <summary>Length of the probe, rounded up.</summary>
    public float Norm { get; }

    /// <summary>Length of what the codes leave out, rounded up.</summary>
    public float ResidualNorm { get; }
}
