using EdgeFace.Capture;

namespace EdgeFace.Cli;

/// <summary>Takes a frame of a video now and then.</summary>
static class VideoSampler
{
    /// <summary>
    /// Shows the first frame, and then always the first one that is at least so much later than the last one shown. A
    /// frame is on loan only while it is shown.
    /// </summary>
    /// <exception cref="PictureException">The video cannot be used.</exception>
    public static void Each(string file, TimeSpan every, Action<Frame> show, CancellationToken stop)
    {
        using var video = new VideoReader(file);
        var pool = new FramePool(1, video.Width, video.Height);
        var next = TimeSpan.Zero;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            using var frame = video.Read(pool);
            if (frame is null) return;
            if (frame.Position < next) continue;

            show(frame);
            next = frame.Position + every;
        }
    }
}
