using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Capture;

/// <summary>
/// A camera of a door. Positional on purpose: generated JSON readers honour a parameter's default and forget an init
/// property's.
/// </summary>
/// <param name="Source">v4l2:/dev/video0, rtsp://…, http(s)://…, file:VIDEO[#t=FROM,TO] (seconds), folder:DIR (pictures),
/// pipe:COMMAND ARGUMENTS (writes raw BGR24 frames of Width x Height to its standard output; no shell). Several of file: and
/// folder: one after another are separated by '|'.</param>
/// <param name="Width">Pixels. v4l2: asked of the device; streams: scaled to; pipe: what the command writes. 0: as it
/// comes.</param>
/// <param name="Height">Pixels, likewise.</param>
/// <param name="FramesPerSecond">v4l2: asked of the device; files and folders: their pace. 0: as it comes, a folder at
/// 25.</param>
/// <param name="Loop">Files and folders begin again at their end.</param>
/// <param name="GapSeconds">Without pictures between two files of a playlist: time for one person to go and another one to come.</param>
/// <param name="SceneChecks">Whether frozen, black and looped pictures are looked for.</param>
/// <param name="Scene">How.</param>
/// <param name="Device">v4l2: the device that must be there, as its events name it ("046d:0825" or with serial number and
/// port); another is refused. Empty: any.</param>
/// <param name="OpenSeconds">So long may the way to the first picture take.</param>
/// <param name="StallSeconds">So long without a picture, and the camera is lost.</param>
/// <param name="RetryFirstSeconds">Pause before the first try to get it back; it doubles.</param>
/// <param name="RetryMaxSeconds">Longest pause.</param>
/// <param name="RetryResetSeconds">After so long with pictures the pauses are short again.</param>
/// <param name="PoolFrames">Frames in the pool: one is being read, one waits, the others are the door's.</param>
/// <param name="Decoder">Program that decodes streams: ffmpeg 5.1 or later, by name or path.</param>
/// <param name="Ir">A second, near infrared stream of the same scene: without its word, nobody is alive.</param>
/// <param name="Depth">A second stream of distances, likewise.</param>
public sealed record CameraOptions(
    string Source,
    [property: Range(0, 16_384)] int Width = 0,
    [property: Range(0, 16_384)] int Height = 0,
    [property: Range(0.0, 240.0)] double FramesPerSecond = 0,
    bool Loop = false,
    [property: Range(0.0, 60.0)] double GapSeconds = 0,
    SceneChecks SceneChecks = SceneChecks.Auto,
    SceneOptions? Scene = null,
    string Device = "",
    [property: Range(0.5, 120.0)] double OpenSeconds = 15,
    [property: Range(0.2, 120.0)] double StallSeconds = 3,
    [property: Range(0.01, 60.0)] double RetryFirstSeconds = 0.5,
    [property: Range(0.01, 600.0)] double RetryMaxSeconds = 30,
    [property: Range(0.0, 3600.0)] double RetryResetSeconds = 10,
    [property: Range(3, 16)] int PoolFrames = 4,
    string Decoder = "ffmpeg",
    SecondStreamOptions? Ir = null,
    SecondStreamOptions? Depth = null)
{
    /// <summary>What a pipe: writes are 16-bit distances and no colours.</summary>
    internal bool HasDepth { get; init; }

    /// <summary>The address without passwords: options are written to logs.</summary>
    public override string ToString() => $"{nameof(CameraOptions)} {{ {SourceAddress.Shown(Source)} }}";
}
