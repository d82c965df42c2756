namespace EdgeFace.Capture;

public enum CameraEventKind
{
    /// <summary>No pictures any more, or none yet.</summary>
    Lost,

    /// <summary>The first picture.</summary>
    Live,

    /// <summary>A picture again after it was lost.</summary>
    Back,

    /// <summary>The device was taken out and plugged in again; it is the same.</summary>
    Replugged,

    /// <summary>Another device stands at the same place.</summary>
    Swapped,
    Frozen,
    Black,
    Looped,

    /// <summary>The picture is in order again.</summary>
    Recovered,

    /// <summary>A file that does not loop is over.</summary>
    Ended,
}

/// <summary>Something that an operator should know of a camera.</summary>
/// <param name="Camera">Its name.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Message">One sentence or two: what, value, limit, what to do. Never a password.</param>
/// <param name="At">As a <see cref="TimeProvider.GetTimestamp"/>.</param>
public readonly record struct CameraEvent(string Camera, CameraEventKind Kind, string Message, long At);
