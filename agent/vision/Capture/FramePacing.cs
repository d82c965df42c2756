namespace EdgeFace.Capture;

/// <summary>
/// Gives pictures out at the pace at which they were taken, across the files of a playlist: the first picture of a file
/// follows the last one of the file before like any other, or after a gap.
/// </summary>
sealed class FramePacing(TimeProvider time, Pause pause, TimeSpan gap = default)
{
    /// <summary>Later than this, nothing is made up for: a camera does not run faster because somebody was slow.</summary>
    static readonly TimeSpan LateMax = TimeSpan.FromSeconds(1);

    long _due;
    TimeSpan? _position;
    bool _started;

    /// <summary>The next picture is of another file: its position says nothing of the pause before it.</summary>
    public void BeginFile() => _position = null;

    /// <summary>Waits until the picture at this position is due.</summary>
    /// <param name="position">Within its file.</param>
    /// <param name="step">From picture to picture, where positions do not say it.</param>
    /// <returns>False when the pause was ended.</returns>
    public bool WaitFor(TimeSpan position, TimeSpan step)
    {
        var now = time.GetTimestamp();
        if (_position is { } before && position > before) step = position - before;
        else if (_position is null && gap > step) step = gap;
        _position = position;
        _due = _started ? _due + pause.Ticks(step) : now;
        if (now - _due > pause.Ticks(LateMax)) _due = now;
        _started = true;
        return pause.Until(_due);
    }
}
