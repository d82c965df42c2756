namespace EdgeFace.Matching;

/// <summary>Lengths that a proof rests on: summed in double, kept in single, never too short.</summary>
static class RoundedUp
{
    /// <summary>More than the sum can lose in double and the result in single precision.</summary>
    const double Margin = 1 + 1e-6;

    public static float Norm(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (double)value * value;
        return (float)(Math.Sqrt(sum) * Margin);
    }

    /// <summary>Length of values - scale codes.</summary>
    public static float Residual(ReadOnlySpan<float> values, float scale, ReadOnlySpan<float> codes)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var error = values[i] - (double)scale * codes[i];
            sum += error * error;
        }

        return (float)(Math.Sqrt(sum) * Margin);
    }
}
