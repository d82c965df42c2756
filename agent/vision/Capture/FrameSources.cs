namespace EdgeFace.Capture;

/// <summary>Reads a camera's options once and makes its source anew for each try.</summary>
static class FrameSources
{
    const char Separator = '|';

    /// <exception cref="ArgumentException">The source cannot be meant: no scheme, no command, no size.</exception>
    public static Func<Pause, IFrameSource> Of(CameraOptions options, TimeProvider time)
    {
        var address = SourceAddress.Parse(options.Source);
        switch (address.Scheme)
        {
            case SourceScheme.V4l2:
                return _ => new V4l2Source(address.Rest, options, time);
            case SourceScheme.Pipe:
                var command = CommandWords.Split(address.Rest);
                if (options.Width > 0 && options.Height > 0)
                    return _ => new PipeSource(command, options.Width, options.Height, time, options.HasDepth);

                throw new ArgumentException(
                    $"The camera's source {address} needs the options width and height (here {options.Width} and "
                    + $"{options.Height}): raw pictures do not say their size.", nameof(options));
            case SourceScheme.File or SourceScheme.Folder:
                var entries = Entries(options.Source);
                return pause => Playlist(entries, options, time, pause);
            default:
                return _ => new StreamSource(address, options, time);
        }
    }

    /// <summary>An entry without a scheme has that of the first.</summary>
    static List<(SourceScheme Scheme, MediaFragment Media)> Entries(string source)
    {
        var entries = new List<(SourceScheme, MediaFragment)>();
        var scheme = SourceAddress.Parse(source).Scheme;
        foreach (var part in source.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var hasOwn = part.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
                || part.StartsWith("folder:", StringComparison.OrdinalIgnoreCase);
            var entry = hasOwn ? SourceAddress.Parse(part) : new SourceAddress(scheme, part);
            entries.Add((entry.Scheme, entry.Scheme == SourceScheme.File
                ? MediaFragment.Parse(entry.Rest)
                : new MediaFragment(entry.Rest, TimeSpan.Zero, TimeSpan.MaxValue)));
        }

        return entries;
    }

    static PlaylistSource Playlist(
        List<(SourceScheme Scheme, MediaFragment Media)> entries, CameraOptions options, TimeProvider time, Pause pause)
    {
        var pacing = new FramePacing(time, pause, TimeSpan.FromSeconds(options.GapSeconds));
        return new PlaylistSource([.. entries.Select(entry => (Func<IFrameSource>)(entry.Scheme == SourceScheme.File
            ? () => new VideoFileSource(entry.Media, options.FramesPerSecond, time, pacing)
            : () => new FolderSource(entry.Media.Path, options.FramesPerSecond, time, pacing)))], options.Loop);
    }
}
