using EdgeFace.Capture;

namespace EdgeFace.Cli;

/// <summary>A frame and where it comes from.</summary>
/// <param name="File">The input as it was given or found.</param>
/// <param name="Frame">Whoever takes it disposes it.</param>
/// <param name="Position">In a video or since a camera began; null for a picture.</param>
/// <param name="Number">In its input, from 0; null for a picture.</param>
readonly record struct InputFrame(string File, Frame Frame, TimeSpan? Position = null, int? Number = null);

/// <summary>The frames of one input: a picture, a video, a camera.</summary>
static class InputFrames
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Whether it is a camera, and its address: "0" is /dev/video0, as OpenVINO's demos count them.</summary>
    public static string? CameraOf(string input)
    {
        if (input.Length is 1 or 2 && input.All(char.IsAsciiDigit) && !File.Exists(input)) return $"v4l2:/dev/video{input}";
        if (input.StartsWith("/dev/video", StringComparison.Ordinal)) return $"v4l2:{input}";

        string[] schemes = ["v4l2:", "rtsp:", "rtsps:", "http:", "https:"];
        return schemes.Any(scheme => input.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ? input : null;
    }

    /// <param name="input">A file, or a camera.</param>
    /// <param name="inFlight">So many frames may be out while the next one is read.</param>
    /// <param name="time">A camera's.</param>
    /// <param name="stop">Ends a camera or a long video.</param>
    /// <exception cref="PictureException">It cannot be used, or the camera is lost.</exception>
    public static IEnumerable<InputFrame> Of(string input, int inFlight, TimeProvider time, CancellationToken stop) =>
        CameraOf(input) is { } address ? OfCamera(address, inFlight, time, stop)
        : MediaFile.IsVideo(input) ? OfVideo(input, inFlight, stop)
        : [new InputFrame(input, PictureReader.Read(input))];

    static IEnumerable<InputFrame> OfVideo(string file, int inFlight, CancellationToken stop)
    {
        using var video = new VideoReader(file);
        var pool = new FramePool(inFlight + 1, video.Width, video.Height);
        for (var number = 0; video.Read(pool) is { } frame; number++)
        {
            yield return new InputFrame(file, frame, frame.Position, number);
            stop.ThrowIfCancellationRequested();
        }
    }

    static IEnumerable<InputFrame> OfCamera(string address, int inFlight, TimeProvider time, CancellationToken stop)
    {
        var shown = SourceAddress.Shown(address);
        using var camera = new Camera("input", new CameraOptions(address, PoolFrames: inFlight + DetectFlags.CameraFrames), time);
        camera.Start();
        for (var number = 0; ;)
        {
            if (camera.Frames.TryTake(Patience, stop, out var frame))
                yield return new InputFrame(shown, frame, frame.Position, number++);
            else if (camera.State is CameraState.Lost or CameraState.Ended)
                throw new PictureException(PictureFault.Unreadable, camera.Fault ?? $"{shown} is over.");

            stop.ThrowIfCancellationRequested();
        }
    }
}
