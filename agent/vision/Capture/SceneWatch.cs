namespace EdgeFace.Capture;

/// <summary>
/// Whether what a camera shows can be a live picture: neither black nor frozen nor a recording in a loop. One thread at
/// a time, no garbage.
/// </summary>
sealed class SceneWatch
{
    /// <summary>Of the memory for repetitions; a faster camera is remembered for a shorter time.</summary>
    const double FramesPerSecondMax = 30;

    readonly SceneOptions _options;
    readonly TimeProvider _time;
    readonly LumaGrid _grid = new();
    readonly byte[] _still = new byte[LumaGrid.Points];
    readonly ReplayRing _replays;
    readonly EchoFinder _echoes;
    long? _lastAt, _stillSince, _lightAt, _replayAt;
    double _step = 1 / FramesPerSecondMax;

    public SceneWatch(SceneOptions options, TimeProvider time, SceneFault fault)
    {
        (_options, _time, Fault) = (options, time, fault);
        var frames = (int)(options.LoopWindowSeconds * FramesPerSecondMax);
        _replays = new ReplayRing(frames, options.LoopFrames);
        _echoes = new EchoFinder(frames, options.EchoRatio);
    }

    public SceneFault Fault { get; private set; }

    /// <summary>After a gap nothing is known of the time between; what was shown before stays known.</summary>
    public void Restart() => (_lastAt, _stillSince, _lightAt) = (null, null, null);

    /// <returns>Whether <see cref="Fault"/> has changed with this picture.</returns>
    public bool Look(Frame frame)
    {
        var at = frame.CapturedAt;
        _grid.Read(frame);
        Pace(at);
        if (IsRepeated()) _replayAt = at;

        var before = Fault;
        Fault = IsBlack(at) ? SceneFault.Black
            : IsFrozen(at) ? SceneFault.Frozen
            : Since(_replayAt, at) < _options.RecoverSeconds ? SceneFault.Looped
            : SceneFault.None;
        return Fault != before;
    }

    /// <summary>The present fault with value, limit and what to do.</summary>
    public string Describe() => Fault switch
    {
        SceneFault.Black =>
            $"The picture is black: luma {_grid.Mean:F0} (limit {_options.BlackLuma:F0}), deviation {_grid.Deviation:F1} "
            + $"(limit {_options.BlackDeviation:F0}), for {_options.BlackSeconds:F0} s. "
            + $"Look whether the lens is covered and the light is on.",
        SceneFault.Frozen =>
            $"The picture has not changed for {_options.FrozenSeconds:F0} s (limit: luma changes by "
            + $"{_options.FrozenDifference:F2}). Restart the camera and look at its cable.",
        SceneFault.Looped =>
            $"Pictures come again in the same order within {_options.LoopWindowSeconds:F0} s "
            + $"(limit {_options.LoopFrames} in a row): a recording is played. "
            + $"Look at the camera and at what its cable is plugged into.",
        _ => "The picture is in order again.",
    };

    void Pace(long at)
    {
        if (_lastAt is { } last && at > last)
            _step += (Math.Clamp(_time.GetElapsedTime(last, at).TotalSeconds, 0.001, 1) - _step) / 16;
        _lastAt = at;
    }

    bool IsRepeated()
    {
        var replayed = _replays.Add(_grid.Hash);
        if (_options.EchoRatio <= 0) return replayed;

        var second = Math.Max(1, (int)Math.Round(1 / _step));
        return _echoes.Add(_grid.Values, (int)Math.Ceiling(_options.EchoSeconds * second), second) || replayed;
    }

    bool IsBlack(long at)
    {
        var isDark = _grid.Mean < _options.BlackLuma && _grid.Deviation < _options.BlackDeviation;
        if (!isDark || _lightAt is null) _lightAt = at;
        return isDark && Since(_lightAt, at) >= _options.BlackSeconds;
    }

    bool IsFrozen(long at)
    {
        if (_stillSince is { } && _grid.DistanceTo(_still) <= _options.FrozenDifference)
            return Since(_stillSince, at) >= _options.FrozenSeconds;

        _grid.Values.CopyTo(_still);
        _stillSince = at;
        return false;
    }

    double Since(long? then, long at) => then is { } start ? _time.GetElapsedTime(start, at).TotalSeconds : double.MaxValue;
}
