namespace EdgeFace.Capture;

/// <summary>What a source has for the camera.</summary>
enum SourceAnswer
{
    /// <summary>It is over and does not come again: the end of a file.</summary>
    Ended,

    /// <summary>The frame holds the next picture.</summary>
    Filled,

    /// <summary>The next picture has another size: look at Width and Height and ask again.</summary>
    Resized,

    /// <summary>A picture came that nobody may see, damaged or late: ask again.</summary>
    Skipped,
}

/// <summary>
/// Where a camera's pictures come from. Made, opened, read and disposed by one thread; only <see cref="Abort"/> is called
/// from others. A source is opened once: after a fault there is a new one.
/// </summary>
interface IFrameSource : IDisposable
{
    /// <summary>Of the next picture in pixels; known once it is open.</summary>
    int Width { get; }

    int Height { get; }

    /// <summary>Which device is there, known once it is open.</summary>
    SourceIdentity Identity { get; }

    /// <summary>Waits until the source is there.</summary>
    /// <exception cref="CameraException">It is not.</exception>
    /// <exception cref="PictureException">It is no picture or video.</exception>
    void Open();

    /// <summary>
    /// Waits for the next picture, paced where the source would give it at once. Sets CapturedAt and Position.
    /// </summary>
    /// <param name="into">Of <see cref="Width"/> x <see cref="Height"/>; null: the picture is thrown away.</param>
    /// <exception cref="CameraException">The source is lost.</exception>
    /// <exception cref="PictureException">The picture cannot be read.</exception>
    SourceAnswer Read(Frame? into);

    /// <summary>
    /// Makes a call that waits come back, as far as that is possible: a program is ended, a pace is broken off. A call
    /// into a driver that hangs cannot be ended from outside.
    /// </summary>
    void Abort();
}
