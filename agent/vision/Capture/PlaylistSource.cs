namespace EdgeFace.Capture;

/// <summary>Files and folders one after another, once or for ever.</summary>
sealed class PlaylistSource(IReadOnlyList<Func<IFrameSource>> entries, bool loop) : IFrameSource
{
    IFrameSource? _playing;
    int _entry;

    public int Width => _playing?.Width ?? 0;

    public int Height => _playing?.Height ?? 0;

    public SourceIdentity Identity => default;

    public void Open()
    {
        _playing = entries[_entry]();
        _playing.Open();
    }

    public SourceAnswer Read(Frame? into)
    {
        var playing = _playing ?? throw new InvalidOperationException("The source is not open.");
        var answer = playing.Read(into);
        if (answer != SourceAnswer.Ended) return answer;

        if (++_entry == entries.Count)
        {
            if (!loop) return SourceAnswer.Ended;
            _entry = 0;
        }

        playing.Dispose();
        Open();
        return SourceAnswer.Resized;
    }

    public void Abort() => _playing?.Abort();

    public void Dispose() => _playing?.Dispose();
}
