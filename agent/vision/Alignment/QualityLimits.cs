using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Alignment;

/// <summary>What a picture of a face falls short in. Zero is the answer when nothing was measured.</summary>
public enum QualityIssue
{
    NotMeasured,
    TooSmall,
    Turned,
    Blurred,
    TooDark,
    TooBright,
}

/// <summary>The first limit that a face's picture misses.</summary>
/// <param name="Issue">Which one.</param>
/// <param name="Value">What was measured, in the limit's unit.</param>
/// <param name="Limit">What is asked for.</param>
public readonly record struct QualityShortfall(QualityIssue Issue, float Value, float Limit)
{
    /// <summary>One sentence for people: what, the value, the limit and what to do.</summary>
    public override string ToString() => Issue switch
    {
        QualityIssue.TooSmall => $"the face is too small: {Value:F0} pixels between the eyes, at least {Limit:F0} are needed; come closer",
        QualityIssue.Turned => $"the head is turned {Value:F0} degrees away, at most {Limit:F0} are allowed; look into the camera",
        QualityIssue.Blurred => $"the face is blurred: sharpness {Value:F3}, at least {Limit:F3} is needed; hold still or clean the lens",
        QualityIssue.TooDark => $"the face is too dark: brightness {Value:F0} of 255, at least {Limit:F0} is needed; add light",
        QualityIssue.TooBright => $"the face is over-exposed: brightness {Value:F0} of 255, at most {Limit:F0} is allowed; turn away from the light",
        _ => "the face was not measured",
    };
}

/// <summary>How good a picture of a face must be.</summary>
/// <param name="InterEyePixelsMin">Below an embedder's own 35 pixels between the eyes, detail is made up and not seen.</param>
/// <param name="YawMax">Degrees to either side.</param>
/// <param name="PitchMax">Degrees up or down. Wider than it seems: from six points, a long or short face is ten degrees.</param>
/// <param name="SharpnessMin">See <see cref="FaceQuality.Sharpness"/>.</param>
/// <param name="BrightnessMin">Mean luma, 0..255.</param>
/// <param name="BrightnessMax">Mean luma, 0..255.</param>
public sealed record QualityLimits(
    [property: Range(8, 2000)] float InterEyePixelsMin = 20,
    [property: Range(5, 90)] float YawMax = 45,
    [property: Range(5, 90)] float PitchMax = 40,
    [property: Range(0, 1)] float SharpnessMin = 0.01f,
    [property: Range(0, 255)] float BrightnessMin = 25,
    [property: Range(0, 255)] float BrightnessMax = 240)
{
    /// <summary>An enrolled template is compared with for years: it is held to more than a passing probe.</summary>
    public static QualityLimits Enrollment { get; } = new(30, 30, 30, 0.02f, 35, 230);

    /// <summary>The first limit missed, or null. A value that is no number misses its limit.</summary>
    public QualityShortfall? Check(in FaceQuality quality)
    {
        if (!(quality.InterEyePixels >= InterEyePixelsMin))
            return new(QualityIssue.TooSmall, quality.InterEyePixels, InterEyePixelsMin);
        if (!(MathF.Abs(quality.Pose.Yaw) <= YawMax)) return new(QualityIssue.Turned, MathF.Abs(quality.Pose.Yaw), YawMax);
        if (!(MathF.Abs(quality.Pose.Pitch) <= PitchMax))
            return new(QualityIssue.Turned, MathF.Abs(quality.Pose.Pitch), PitchMax);
        if (!(quality.Sharpness >= SharpnessMin)) return new(QualityIssue.Blurred, quality.Sharpness, SharpnessMin);
        if (!(quality.Brightness >= BrightnessMin)) return new(QualityIssue.TooDark, quality.Brightness, BrightnessMin);
        if (!(quality.Brightness <= BrightnessMax)) return new(QualityIssue.TooBright, quality.Brightness, BrightnessMax);

        return null;
    }
}
