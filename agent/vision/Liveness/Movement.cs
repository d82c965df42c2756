namespace EdgeFace.Liveness;

/// <summary>What somebody can be asked to do before a camera. Left and right are the person's own, not the viewer's.</summary>
public enum Movement
{
    None,
    TurnLeft,
    TurnRight,
    LookUp,
    Blink,
    OpenMouth,
    ComeCloser,
}
