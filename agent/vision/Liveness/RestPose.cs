namespace EdgeFace.Liveness;

/// <summary>
/// Sees whether somebody looks straight at the camera, mouth shut, eyes open, and holds still; the mean of that time is how he is
/// at rest, and what his movements are measured from: cameras hang high or low, and eyes are narrow or wide.
/// </summary>
struct RestPose
{
    /// <summary>
    /// Less than a turn, or a turn that is held would be rest. Lifted it may seem by more: a camera may hang above or below, and six
    /// points see some faces that look straight on as lifted by 20 degrees.
    /// </summary>
    const float YawMax = 12, PitchMax = 35;

    /// <summary>Below it even narrow eyes are shut, above it no mouth is.</summary>
    const float EyeMin = 0.12f, MouthMax = 0.1f;

    /// <summary>How far a frame may lie from the mean so far: what the points tremble by, and breathing.</summary>
    const float StillDegrees = 5, StillShare = 0.2f, StillSize = 0.05f;

    const int FramesMin = 3;

    FaceLook _sum;
    TimeSpan _since;

    /// <summary>That make up the present rest; 0 when the last one showed none.</summary>
    public int Frames { get; private set; }

    public readonly FaceLook Mean => new(
        _sum.Yaw / Frames, _sum.Pitch / Frames, _sum.EyeOpening / Frames, _sum.MouthOpening / Frames, _sum.Size / Frames);

    /// <summary>How long the present rest has lasted.</summary>
    public readonly bool IsHeld(TimeSpan at, double seconds) => Frames >= FramesMin && (at - _since).TotalSeconds >= seconds;

    public void Take(in FaceLook look, TimeSpan at)
    {
        if (!IsStraight(look))
        {
            Frames = 0;
            return;
        }

        if (Frames == 0 || !IsStill(look)) (Frames, _sum, _since) = (0, default, at);
        Frames++;
        _sum = new(
            _sum.Yaw + look.Yaw, _sum.Pitch + look.Pitch, _sum.EyeOpening + look.EyeOpening, _sum.MouthOpening + look.MouthOpening,
            _sum.Size + look.Size);
    }

    static bool IsStraight(in FaceLook look) => MathF.Abs(look.Yaw) <= YawMax && MathF.Abs(look.Pitch) <= PitchMax
        && look.EyeOpening >= EyeMin && look.MouthOpening <= MouthMax && look.Size > 0 && look.IsNumber;

    readonly bool IsStill(in FaceLook look)
    {
        var mean = Mean;
        return MathF.Abs(look.Yaw - mean.Yaw) <= StillDegrees && MathF.Abs(look.Pitch - mean.Pitch) <= StillDegrees
            && MathF.Abs(look.EyeOpening - mean.EyeOpening) <= StillShare * mean.EyeOpening
            && MathF.Abs(look.Size - mean.Size) <= StillSize * mean.Size;
    }
}
