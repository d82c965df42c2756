namespace EdgeFace.Liveness;

/// <summary>Whether somebody is alive. Zero is the answer when nobody knows, and opens nothing.</summary>
public enum PadVerdict
{
    /// <summary>Nothing says that it is an attack, and nothing yet that it is none.</summary>
    Unsure,

    Spoof,

    Live,
}

/// <summary>
/// The rule by which cues become a verdict. Every cue can take it away from live and none can bring it there: live is what every
/// one of them leaves.
/// </summary>
/// <param name="LivenessMin">Least <see cref="PadReading.Live"/>; below it, at 0 or without a number, it is an attack.</param>
/// <param name="MotionMin">Least <see cref="PadReading.Motion"/>; below it, or without a number, it is not known yet. 0: is not asked for.</param>
/// <param name="IsCalibrated">Whether <paramref name="LivenessMin"/> was measured at the very camera.</param>
public readonly record struct PadLimits(float LivenessMin, float MotionMin, bool IsCalibrated = false)
{
    public PadVerdict Judge(in PadReading reading) =>
        !(reading.Live > 0 && reading.Live >= LivenessMin && reading.Live <= 1) ? PadVerdict.Spoof
        : !(reading.Motion >= MotionMin && float.IsFinite(reading.Motion)) ? PadVerdict.Unsure
        : PadVerdict.Live;
}
