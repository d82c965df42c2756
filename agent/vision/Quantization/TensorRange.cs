namespace EdgeFace.Quantization;

/// <summary>
/// How values of an activation become bytes: byte = value / <paramref name="Scale"/> + <paramref name="ZeroPoint"/>.
/// </summary>
/// <param name="Scale">Of one step, above 0.</param>
/// <param name="ZeroPoint">The byte that stands for 0, which is always met exactly: convolutions pad with it.</param>
readonly record struct TensorRange(float Scale, byte ZeroPoint)
{
    const int Steps = byte.MaxValue;

    /// <param name="least">The smallest value that is told apart; 0 when it is above.</param>
    /// <param name="most">The largest; 0 when it is below.</param>
    public static TensorRange Of(float least, float most)
    {
        (least, most) = (Math.Min(least, 0), Math.Max(most, 0));
        // A tensor that was always 0 has any scale.
        if (most - least < 1e-12f) return new TensorRange(1, 0);

        var scale = (most - least) / Steps;
        return new TensorRange(scale, (byte)Math.Clamp(MathF.Round(-least / scale), 0, Steps));
    }
}
