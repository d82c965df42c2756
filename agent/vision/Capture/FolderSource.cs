namespace EdgeFace.Capture;

/// <summary>The pictures of a folder, in the order of their names, at a steady pace.</summary>
sealed class FolderSource(string folder, double framesPerSecond, TimeProvider time, FramePacing pacing) : IFrameSource
{
    const double UsualRate = 25;

    readonly TimeSpan _step = TimeSpan.FromSeconds(1 / (framesPerSecond > 0 ? framesPerSecond : UsualRate));
    IReadOnlyList<string> _files = [];
    Frame? _next;
    int _given;

    public int Width { get; private set; }

    public int Height { get; private set; }

    public SourceIdentity Identity => default;

    public void Open()
    {
        _files = PictureFolder.Files(folder);
        if (_files.Count == 0)
            throw new CameraException($"The folder {folder} holds no JPEG or PNG picture. Put some there.");

        pacing.BeginFile();
        Look();
    }

    public SourceAnswer Read(Frame? into)
    {
        if (_given == _files.Count) return SourceAnswer.Ended;

        var next = _next ??= PictureReader.Read(_files[_given]);
        if (next.Width != Width || next.Height != Height) return Look();

        var position = _given++ * _step;
        pacing.WaitFor(position, _step);
        if (into is not null)
        {
            next.Pixels.CopyTo(into.Pixels);
            (into.CapturedAt, into.Position) = (time.GetTimestamp(), position);
        }

        next.Dispose();
        _next = null;
        return SourceAnswer.Filled;
    }

    public void Abort()
    {
        // The pace is broken off by its own pause; a picture that is being decoded comes back by itself.
    }

    public void Dispose() => _next?.Dispose();

    SourceAnswer Look()
    {
        var next = _next ??= PictureReader.Read(_files[_given]);
        (Width, Height) = (next.Width, next.Height);
        return SourceAnswer.Resized;
    }
}
