using EdgeFace.Capture;
using EdgeFace.Pipeline;

namespace EdgeFace.Hosting;

/// <summary>What a door's camera saw just now. Nothing keeps it here: whoever asked decides.</summary>
/// <param name="Door">Whose camera.</param>
/// <param name="Camera">Its name.</param>
/// <param name="TakenAt">Wall time.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Jpeg">The picture; in JSON as base64.</param>
sealed record SnapshotReport(string Door, string Camera, DateTimeOffset TakenAt, int Width, int Height, byte[] Jpeg)
{
    /// <summary>The frame stays its owner's.</summary>
    public static SnapshotReport Of(string door, string camera, DateTimeOffset takenAt, Frame frame) =>
        new(door, camera, takenAt, frame.Width, frame.Height, FrameJpeg.Of(frame));

    public override string ToString() => $"{nameof(SnapshotReport)} {Door} {Width}x{Height}";
}
