using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>A camera of this machine's own: USB, or CSI with a V4L2 driver.</summary>
sealed class V4l2Source(string path, CameraOptions options, TimeProvider time) : IFrameSource
{
    /// <summary>Larger than this, uncompressed pictures do not fit through USB 2 at a camera's rate.</summary>
    const int RawPixelsMax = 640 * 480;

    readonly VideoCapture _device = new();
    readonly FrameNames _names = new();
    readonly DamagedPictures _damaged = new(time, TimeSpan.FromSeconds(options.StallSeconds));
    long _startedAt;

    public int Width { get; private set; }

    public int Height { get; private set; }

    public SourceIdentity Identity { get; private set; }

    public void Open()
    {
        QuietDecoders.Ensure();

        // OpenCV waits ten seconds for a picture by default, in whole seconds. One that a user has set stays.
        NativeEnvironment.Propose("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", $"{Math.Max(1, (int)options.StallSeconds)}");
        var device = V4l2Device.Find(path);
        Identity = device.Identity;
        CheckPin();
        if (!_device.Open(device.Node, VideoCaptureAPIs.V4L2))
        {
            throw new CameraException(
                $"{path} cannot be opened as a camera: another program uses it (fuser -v {path}), or it is not the node that "
                + "gives pictures (v4l2-ctl --list-devices shows which is).");
        }

        Ask();
        (Width, Height) = (_device.FrameWidth, _device.FrameHeight);
        if (Width <= 0 || Height <= 0)
            throw new CameraException($"{path} says that its pictures are {Width} x {Height} pixels. Unplug it and plug it in again.");

        PictureLimits.Default.CheckSize(path, Width, Height);
    }

    public SourceAnswer Read(Frame? into)
    {
        if (!_device.Grab())
            throw new CameraException($"{path} gives no picture any more: it was unplugged, or its driver has stopped.");

        var at = time.GetTimestamp();
        if (_startedAt == 0) _startedAt = at;
        if (into is null) return SourceAnswer.Filled;

        var name = _names.Of(into);
        if (!_device.Retrieve(name) || name.Data != into.Address)
        {
            if (!_damaged.AreTooMany(at)) return SourceAnswer.Skipped;

            throw new CameraException(
                $"{path} gave {_damaged.Run} pictures in a row that cannot be decoded to {Width} x {Height} BGR (limit "
                + $"{DamagedPictures.RunMax}, or {options.StallSeconds} s): damaged MJPEG frames, or the size changed. Use a shorter "
                + "cable or a port of the board itself.");
        }

        _damaged.Whole();
        into.CapturedAt = at;
        into.Position = time.GetElapsedTime(_startedAt, at);
        return SourceAnswer.Filled;
    }

    public void Abort()
    {
        // Nothing ends a call into a driver from outside. OpenCV's own time-out does, when the driver keeps to it.
    }

    public void Dispose()
    {
        _device.Dispose();
        _names.Dispose();
    }

    void CheckPin()
    {
        if (options.Device.Length == 0 || Identity.IsKnown && Identity.Device.StartsWith(options.Device, StringComparison.Ordinal)) return;

        throw new CameraException(
            $"At {path} stands the device \"{Identity.Device}\"; the option device wants \"{options.Device}\". "
            + "Plug in that one, or change the option if the camera was replaced.");
    }

    /// <summary>A driver takes the nearest that it can; what it took is read afterwards.</summary>
    void Ask()
    {
        if (options.Width * options.Height > RawPixelsMax) _device.Set(VideoCaptureProperties.FourCC, FourCC.MJPG);
        if (options.Width > 0) _device.Set(VideoCaptureProperties.FrameWidth, options.Width);
        if (options.Height > 0) _device.Set(VideoCaptureProperties.FrameHeight, options.Height);
        if (options.FramesPerSecond > 0) _device.Set(VideoCaptureProperties.Fps, options.FramesPerSecond);
    }
}
