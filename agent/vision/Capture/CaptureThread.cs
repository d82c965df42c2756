namespace EdgeFace.Capture;

/// <summary>
/// A camera's own thread: opens the source, reads it, and opens it anew when it was lost. The camera's watchdog looks at it
/// from outside: a call that takes too long is broken off, and a thread whose call does not come back is abandoned with all
/// that it holds, since the driver may still write there.
/// </summary>
#pragma warning disable CA1001 // the thread itself disposes of its pause, at its end
sealed class CaptureThread
#pragma warning restore CA1001
{
    readonly Camera _camera;
    readonly CameraOptions _options;
    readonly TimeProvider _time;
    readonly Func<Pause, IFrameSource> _sources;
    readonly Backoff _backoff;
    readonly SceneWatch? _scene;
    readonly Pause _pause;
    readonly Thread _thread;
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile IFrameSource? _source;
    volatile string? _brokenOff;
    volatile bool _isWaiting, _isOpening;
    FramePool? _pool;
    SourceIdentity _identity;
    long _since, _liveSince;

    public CaptureThread(
        Camera camera, CameraOptions options, TimeProvider time, Func<Pause, IFrameSource> sources, Backoff backoff, SceneWatch? scene)
    {
        (_camera, _options, _time, _sources, _backoff, _scene) = (camera, options, time, sources, backoff, scene);
        _pause = new Pause(time);
        _thread = new Thread(Run) { IsBackground = true, Name = $"camera {camera.Name}" };
    }

    /// <summary>Completes when the thread has ended and given everything back.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Of the last source that was opened.</summary>
    public SourceIdentity Identity { get => _identity; init => _identity = value; }

    /// <summary>A first pause before the source is asked: it was lost just now.</summary>
    public bool BeginsLate { get; init; }

    /// <summary>What the watchdog has said of the call that takes too long; null when it has said nothing.</summary>
    public string? BrokenOff => _brokenOff;

    public void Start() => _thread.Start();

    /// <summary>For how long the source has been asked, and how long it may take; not while the thread itself waits.</summary>
    public bool IsOverdue(out TimeSpan waited, out TimeSpan limit)
    {
        limit = TimeSpan.FromSeconds(_isOpening ? _options.OpenSeconds : _options.StallSeconds);
        var since = Math.Max(Volatile.Read(ref _since), _pause.ReturnedAt); // a file's own pace is no delay
        waited = _isWaiting && !_pause.IsWaiting ? _time.GetElapsedTime(since) : TimeSpan.Zero;
        return waited > limit;
    }

    /// <summary>The watchdog: the source shall come back, and this is why.</summary>
    public void BreakOff(string why)
    {
        _brokenOff = why;
        _source?.Abort();
    }

    /// <summary>For good. What waits comes back as soon as it can.</summary>
    public void Stop()
    {
        _pause.End();
        _source?.Abort();
    }

    /// <summary>The top of the thread: whatever goes wrong is the camera's loss and never the process's.</summary>
#pragma warning disable CA1031 // a fault of one camera must not stop another door
    void Run()
    {
        var goesOn = !BeginsLate || _pause.For(_backoff.Next());
        while (goesOn && !_pause.IsEnded)
        {
            try
            {
                using var source = _sources(_pause);
                _source = source;
                goesOn = Play(source);
            }
            catch (Exception e)
            {
                goesOn = Lose(e);
            }

            _source = null;
        }

        _pause.Dispose();
        _ended.SetResult();
    }
#pragma warning restore CA1031

    /// <returns>False when there is nothing more to come.</returns>
    bool Play(IFrameSource source)
    {
        _liveSince = 0;
        _scene?.Restart();
        Ask(opening: true);
        if (_pause.IsEnded) return false; // stopped before there was something to abort
        source.Open();
        while (!_pause.IsEnded)
        {
            if (!ReadNext(source)) return false;
        }

        return false;
    }

    bool ReadNext(IFrameSource source)
    {
        var frame = Rent(source.Width, source.Height);
        try
        {
            // The first picture belongs to the way to it: a stream begins at its next key frame.
            Ask(opening: _liveSince == 0);
            var answer = source.Read(frame);
            _isWaiting = false;
            if (answer == SourceAnswer.Ended) _camera.OnEnded(this);
            if (answer == SourceAnswer.Skipped) _camera.OnSkipped();
            if (answer != SourceAnswer.Filled || _pause.IsEnded) return answer is SourceAnswer.Resized or SourceAnswer.Skipped;

            if (_liveSince == 0) GoLive(source);
            if (frame is null) return _camera.OnOverrun();

            if (_scene?.Look(frame) == true) _camera.OnScene(this, _scene);
            _camera.Deliver(this, frame);
            frame = null;
            return true;
        }
        finally
        {
            frame?.Dispose();
        }
    }

    void GoLive(IFrameSource source)
    {
        _liveSince = _time.GetTimestamp();
        _camera.OnLive(this, _identity, source.Identity);
        if (source.Identity.IsKnown) _identity = source.Identity;
    }

    bool Lose(Exception e)
    {
        _isWaiting = false;
        if (_pause.IsEnded) return false;

        var why = _brokenOff ?? (e is CameraException or PictureException
            ? e.Message
            : $"{e.GetType().Name}: {SourceAddress.Shown(e.Message)}");
        if (_liveSince != 0 && _time.GetElapsedTime(_liveSince).TotalSeconds >= _options.RetryResetSeconds) _backoff.Reset();
        return _camera.OnLost(this, why) && _pause.For(_backoff.Next());
    }

    void Ask(bool opening)
    {
        Volatile.Write(ref _since, _time.GetTimestamp());
        (_brokenOff, _isOpening, _isWaiting) = (null, opening, true);
    }

    /// <returns>Null when the door holds all frames: then the picture is thrown away.</returns>
    Frame? Rent(int width, int height)
    {
        if (_pool is null || !_pool.Fits(width, height))
        {
            _pool = new FramePool(_options.PoolFrames, width, height);
            _camera.OnPool(_pool);
        }

        return _pool.TryRent(width, height) ?? (_camera.Frames.GiveUp() ? _pool.TryRent(width, height) : null);
    }
}
