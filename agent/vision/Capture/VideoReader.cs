using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// Reads a video file frame by frame through OpenCV's FFmpeg: MP4, QuickTime, WebM, Matroska, AVI and GIF with the
/// codecs that the installed OpenCV has. Frames are decoded straight into rented memory and stand upright: a phone's
/// rotation is applied. One thread at a time.
/// </summary>
public sealed class VideoReader : IDisposable
{
    /// <summary>A time stamp in whole milliseconds may lie this much before the frame that it stands for.</summary>
    const double HalfMillisecond = 0.5;

    readonly string _name;
    readonly VideoCapture _video = new();
    readonly FrameNames _names = new();
    readonly Mat _turned = new();
    bool _grabbed, _ended, _isTurned;

    /// <exception cref="PictureException">
    /// Missing, a folder, not readable, empty, not a video, cut off, over a limit, or without a frame that can be
    /// decoded.
    /// </exception>
    public VideoReader(string path, PictureLimits? limits = null)
    {
        _name = path;
        try
        {
            CheckFile(path);
            QuietDecoders.Ensure();
            Open(limits ?? PictureLimits.Default);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Pixels, upright.</summary>
    public int Width { get; private set; }

    /// <summary>Pixels, upright.</summary>
    public int Height { get; private set; }

    /// <summary>Mean rate as the file states it; 0 when it does not.</summary>
    public double FramesPerSecond { get; private set; }

    /// <summary>
    /// As the file states it or as length and rate suggest, so it may be a few off; null when unknown. The end is where
    /// <see cref="Read(FramePool)"/> gives null.
    /// </summary>
    public int? FrameCount { get; private set; }

    /// <summary>
    /// The next frame, with <see cref="Frame.Position"/> from the stream's time stamps; null at the end.
    /// </summary>
    /// <param name="pool">Made for at least <see cref="Width"/> x <see cref="Height"/>.</param>
    /// <exception cref="InvalidOperationException">All frames of the pool are on loan: dispose one first.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The pool was made for smaller pictures.</exception>
    /// <exception cref="PictureException">The picture changes its size in mid-video.</exception>
    public Frame? Read(FramePool pool)
    {
        ObjectDisposedException.ThrowIf(_video.IsDisposed, this);
        var frame = pool.TryRent(Width, Height)
            ?? throw new InvalidOperationException($"All {pool.OnLoan} frames are on loan: dispose one first.");
        try
        {
            if (Decode(frame)) return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }

        frame.Dispose();
        return null;
    }

    /// <summary>The same into a frame that the caller has already.</summary>
    /// <returns>False at the end.</returns>
    internal bool Read(Frame into)
    {
        ObjectDisposedException.ThrowIf(_video.IsDisposed, this);
        return Decode(into);
    }

    /// <summary>Passes over the next frame; its time stands in <paramref name="position"/>.</summary>
    /// <returns>False at the end.</returns>
    internal bool Skip(out TimeSpan position)
    {
        ObjectDisposedException.ThrowIf(_video.IsDisposed, this);
        _ended = _ended || (!_grabbed && !_video.Grab());
        _grabbed = false;
        position = _ended ? default : TimeSpan.FromMilliseconds(Math.Max(0, PositionMs));
        return !_ended;
    }

    /// <summary>
    /// The next <see cref="Read(FramePool)"/> gives the first frame at or after this time, or null past the end.
    /// </summary>
    /// <param name="time">From the start of the video; not negative.</param>
    public void SeekTo(TimeSpan time)
    {
        ObjectDisposedException.ThrowIf(_video.IsDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var wanted = time.TotalMilliseconds - HalfMillisecond;

        // OpenCV reckons with an even frame rate, so it may land late: then from further back, and on frame by frame.
        var back = 250.0;
        double from;
        do
        {
            from = Math.Max(0, wanted - back);
            _video.Set(VideoCaptureProperties.PosMsec, from);
            _grabbed = _video.Grab();
            back *= 4;
        }
        while (from > 0 && (!_grabbed || PositionMs > wanted));

        while (_grabbed && PositionMs < wanted) _grabbed = _video.Grab();
        _ended = !_grabbed;
    }

    public void Dispose()
    {
        _names.Dispose();
        new WipedMat(_turned).Dispose();
        _turned.Dispose();
        _video.Dispose();
    }

    double PositionMs => _video.Get(VideoCaptureProperties.PosMsec);

    static void CheckFile(string path)
    {
        using var file = MediaFile.Open(path);
        var format = MediaFile.FormatOf(file);

        // FFmpeg would also follow a playlist, a text file that names files and addresses elsewhere. It is not asked.
        if (!MediaFormats.IsVideo(format))
        {
            throw new PictureException(PictureFault.Foreign,
                $"{path} is {MediaFormats.Describe(format)}, not a video. "
                + "Name an MP4, MOV, WebM, MKV, AVI or GIF file.");
        }

        VideoStructure.CheckComplete(file, format, path);
    }

    void Open(PictureLimits limits)
    {
        // The full path: FFmpeg takes "concat:" or "http:" at the start of a name for a protocol.
        if (!_video.Open(Path.GetFullPath(_name), VideoCaptureAPIs.FFMPEG))
        {
            throw new PictureException(PictureFault.Damaged,
                $"{_name} looks like a video and cannot be opened: it is damaged, or of a codec that is not installed. "
                + "Copy it again from its source, or convert it to H.264 in MP4.");
        }

        (Width, Height) = (_video.FrameWidth, _video.FrameHeight);
        limits.CheckSize(_name, Width, Height);
        _isTurned = _video.Get(VideoCaptureProperties.OrientationMeta) is not 0;
        FramesPerSecond = _video.Fps is > 0 and var rate && double.IsFinite(rate) ? rate : 0;
        var count = _video.Get(VideoCaptureProperties.FrameCount);
        FrameCount = count is >= 1 and <= int.MaxValue ? (int)count : null;
        _grabbed = Width > 0 && Height > 0 && _video.Grab();
        if (!_grabbed)
        {
            throw new PictureException(PictureFault.Empty,
                $"{_name} has no frame that can be decoded. "
                + "Copy it again from its source, or convert it to H.264 in MP4.");
        }
    }

    bool Decode(Frame frame)
    {
        if (_ended || (!_grabbed && !_video.Grab()))
        {
            _ended = true;
            return false;
        }

        _grabbed = false;
        var header = _names.Of(frame);

        // OpenCV turns a picture into memory of its own, so there one copy cannot be saved.
        var decoded = _isTurned ? _turned : header;
        if (!_video.Retrieve(decoded)) return false;

        frame.Position = TimeSpan.FromMilliseconds(Math.Max(0, PositionMs));
        CheckSize(decoded, frame.Position);
        if (_isTurned) _turned.CopyTo(header);
        return true;
    }

    /// <summary>
    /// For a picture of another size than announced OpenCV takes memory of its own: the frame's is untouched.
    /// </summary>
    void CheckSize(Mat decoded, TimeSpan position)
    {
        if (decoded.Width == Width && decoded.Height == Height && decoded.Type() == MatType.CV_8UC3) return;

        throw new PictureException(PictureFault.Foreign,
            $"{_name} changes from {Width} x {Height} to {decoded.Width} x {decoded.Height} pixels at {position}. "
            + "Convert it to one size.");
    }
}
