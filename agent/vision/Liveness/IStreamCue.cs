using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Liveness;

/// <summary>
/// What a stream of another kind says of a face: shipped twice, <see cref="IrTexture"/> and <see cref="DepthRelief"/>. It only
/// ever denies. What it cannot read it denies, too, and nothing in a picture makes it throw. One thread at a time.
/// </summary>
public interface IStreamCue
{
    /// <summary>There is nothing to read in the whole picture: every other one is so where the illuminator blinks.</summary>
    bool IsBlank(Frame second);

    /// <param name="visible">With the face.</param>
    /// <param name="face">In the visible frame.</param>
    /// <param name="second">Of the same moment.</param>
    /// <param name="place">Where the face is in there; it may reach out of it, or be no number.</param>
    StreamReading Read(Frame visible, in FaceBox face, Frame second, in FaceBox place);
}
