namespace EdgeFace.Capture;

/// <summary>A video file, or a part of it, played as fast as it was taken.</summary>
sealed class VideoFileSource(
    MediaFragment file, double framesPerSecond, TimeProvider time, FramePacing pacing) : IFrameSource
{
    /// <summary>For files that do not say theirs.</summary>
    const double UsualRate = 25;

    VideoReader? _video;
    TimeSpan _step;
    int _given;

    public int Width => _video?.Width ?? 0;

    public int Height => _video?.Height ?? 0;

    public SourceIdentity Identity => default;

    public void Open()
    {
        var video = _video = new VideoReader(file.Path);
        if (file.From > TimeSpan.Zero) video.SeekTo(file.From);
        var rate = framesPerSecond > 0 ? framesPerSecond : video.FramesPerSecond > 0 ? video.FramesPerSecond : UsualRate;
        _step = TimeSpan.FromSeconds(1 / rate);
        pacing.BeginFile();
    }

    public SourceAnswer Read(Frame? into)
    {
        var video = _video ?? throw new InvalidOperationException("The source is not open.");
        var position = TimeSpan.Zero;
        var hasMore = into is null ? video.Skip(out position) : video.Read(into);
        if (into is not null) position = into.Position;
        if (!hasMore || position >= file.To) return Ended();

        _given++;
        pacing.WaitFor(framesPerSecond > 0 ? TimeSpan.Zero : position, _step);
        if (into is not null) into.CapturedAt = time.GetTimestamp();
        return SourceAnswer.Filled;
    }

    public void Abort()
    {
        // The pace is broken off by its own pause; a file that is being decoded comes back by itself.
    }

    public void Dispose() => _video?.Dispose();

    SourceAnswer Ended() => _given > 0
        ? SourceAnswer.Ended
        : throw new CameraException(
            $"{file.Path} has no picture from {file.From.TotalSeconds} s to {file.To.TotalSeconds} s. Check the part behind #t=.");
}
