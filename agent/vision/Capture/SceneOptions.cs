using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Capture;

/// <summary>Whether the picture as such is watched.</summary>
public enum SceneChecks
{
    /// <summary>On for cameras and streams, off for files and folders.</summary>
    Auto,
    On,
    Off,
}

/// <summary>
/// When a picture is no live picture. Luma is 0 to 255, read at <see cref="LumaGrid.Points"/> points.
/// </summary>
/// <param name="FrozenSeconds">So long the same picture. Encoders of network cameras repeat a still scene bit by bit up to
/// their next key frame, so it is longer than one group of pictures.</param>
/// <param name="FrozenDifference">Mean difference of luma up to which two pictures are the same; 0 means bit-identical.
/// The noise of a sensor is 0.5 and more.</param>
/// <param name="BlackSeconds">So long dark and flat.</param>
/// <param name="BlackLuma">Mean luma under which a picture is dark; video black is 16 before and 0 after conversion.</param>
/// <param name="BlackDeviation">Standard deviation of luma under which it is flat.</param>
/// <param name="LoopWindowSeconds">How far back a picture is looked for. Memory for 30 frames a second.</param>
/// <param name="LoopFrames">So many pictures in a row, each unlike the one before, that came exactly so before.</param>
/// <param name="EchoSeconds">So long a picture that moves and resembles what came before, as a re-encoded recording
/// does.</param>
/// <param name="EchoRatio">Resembles: its distance to then is under this share of the distance to a second before and
/// after then. 0: not looked for.</param>
/// <param name="RecoverSeconds">So long without a repetition until it is trusted again.</param>
public sealed record SceneOptions(
    [property: Range(1.0, 600.0)] double FrozenSeconds = 10,
    [property: Range(0.0, 5.0)] double FrozenDifference = 0.05,
    [property: Range(0.2, 600.0)] double BlackSeconds = 3,
    [property: Range(0.0, 100.0)] double BlackLuma = 12,
    [property: Range(0.0, 50.0)] double BlackDeviation = 6,
    [property: Range(5.0, 300.0)] double LoopWindowSeconds = 120,
    [property: Range(4, 1000)] int LoopFrames = 8,
    [property: Range(1.0, 30.0)] double EchoSeconds = 3,
    [property: Range(0.0, 0.9)] double EchoRatio = 0.3,
    [property: Range(1.0, 600.0)] double RecoverSeconds = 10);
