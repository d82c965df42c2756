namespace EdgeFace.Capture;

/// <summary>Where a camera is. Zero is the state in which it gives nothing.</summary>
public enum CameraState
{
    /// <summary>Not started, or on its way to the first picture.</summary>
    Connecting,
    Live,

    /// <summary>It gave pictures or never did; it is asked again after a pause.</summary>
    Lost,

    /// <summary>A file that does not loop is over, or the camera was stopped.</summary>
    Ended,
}
