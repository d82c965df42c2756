namespace EdgeFace.Alignment;

/// <summary>
/// One number for how much a picture of a face is worth, to choose among several of one person; not a limit, and no
/// standard's measure. Each part is 1 from where more gains nothing, and a strong one does not make up for a weak one.
/// </summary>
public static class QualityScore
{
    const float InterEyePixelsEnough = 70;
    const float SharpnessEnough = 0.3f;

    /// <summary>0..1; 0 when a value is no number.</summary>
    public static float Of(in FaceQuality quality)
    {
        var size = Math.Clamp(quality.InterEyePixels / InterEyePixelsEnough, 0, 1);
        var pose = Math.Max(0, Cosine(quality.Pose.Yaw)) * Math.Max(0, Cosine(quality.Pose.Pitch));
        var sharpness = MathF.Sqrt(Math.Clamp(quality.Sharpness / SharpnessEnough, 0, 1));
        var light = Math.Clamp(1.5f - MathF.Abs(quality.Brightness - 128) / 128, 0, 1);
        var score = size * pose * sharpness * light * Math.Clamp(1 - quality.Clipped, 0, 1);
        return float.IsFinite(score) ? score : 0;
    }

    static float Cosine(float degrees) => MathF.Cos(degrees * MathF.PI / 180);
}
