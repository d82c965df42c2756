namespace EdgeFace.Capture;

/// <summary>Why a picture or a video cannot be used.</summary>
public enum PictureFault
{
    Unreadable,
    Missing,
    Folder,
    Empty,
    Foreign,
    Truncated,
    TooLarge,
    Damaged,
    /// <summary>It is in order, and a face was wanted in it.</summary>
    NoFace,
}

/// <summary>
/// A picture or a video that is not one. The message says what happened, the value, the limit and what to do.
/// </summary>
public sealed class PictureException(PictureFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public PictureFault Fault { get; } = fault;
}
