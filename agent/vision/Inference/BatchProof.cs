using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>
/// Shows that a model gives for each of several pictures at once what it gives for one alone. Nothing is concluded from its operators: it
/// is run on pictures of noise both ways, so an operator that mixes the pictures, however it does, is seen.
/// </summary>
static class BatchProof
{
    /// <summary>Of an output's largest value; other sums of the same products differ by a hundredth of that.</summary>
    const float Tolerance = 1e-4f;

    /// <summary>Null when it does; else what differs.</summary>
    public static string? Fault(InferenceSession single, InferenceSession several, ModelInput input, int batch)
    {
        var planes = input.Colour is ColourOrder.Grey ? 1 : 3;
        long[] sides = [1, planes, input.Height, input.Width];
        var length = planes * input.Height * input.Width;
        var pictures = Noise(input, batch * length, seed: 1);
        var rows = Run(several, pictures, [batch, .. sides[1..]]);
        for (var row = 0; row < batch; row++)
        {
            var alone = Run(single, pictures.AsSpan(row * length, length).ToArray(), sides);
            for (var i = 0; i < alone.Length; i++)
            {
                if (rows[i].Length != batch * alone[i].Length)
                    return $"{single.OutputNames[i]} has {alone[i].Length} values for one picture and {rows[i].Length} for {batch}.";

                var apart = Apart(alone[i], rows[i].AsSpan(row * alone[i].Length, alone[i].Length));
                // Written so that no number at all counts as a difference too.
                if (!(apart <= Tolerance))
                    return FormattableString.Invariant($"what it gives for a picture changes with the others: {single.OutputNames[i]} by {apart:G2} of its largest value.");
            }
        }

        return null;
    }

    /// <summary>As the pixels of a picture would be, the same for the same seed.</summary>
    public static float[] Noise(ModelInput input, int length, int seed)
    {
        var random = new Random(seed);
        var noise = new float[length];
        foreach (ref var value in noise.AsSpan()) value = (random.NextSingle() * 255 - input.Mean[0]) / input.Scale[0];
        return noise;
    }

    /// <summary>All outputs for one input of these sides.</summary>
    public static float[][] Run(InferenceSession session, float[] pictures, long[] sides)
    {
        using var value = OrtValue.CreateTensorValueFromMemory(pictures, sides);
        using var options = new RunOptions();
        using var results = session.Run(options, session.InputNames, [value], session.OutputNames);
        return [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
    }

    static float Apart(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var (most, largest) = (0f, float.Epsilon);
        for (var i = 0; i < one.Length; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(one[i]));
            most = MathF.Max(most, MathF.Abs(one[i] - other[i]));
        }

        return most / largest;
    }
}
