
namespace EdgeFace.Capture;

/// <summary>
/// One camera with a thread of its own: the newest picture stands in <see cref="Frames"/>, older ones are dropped and
/// counted. When it is lost it comes back by itself. Nothing that goes wrong with it comes out as an exception: it is an
/// event and a state, so that no other door stops.
/// </summary>
public sealed class Camera : IDisposable
{
    /// <summary>So many threads may hang in a driver at once; each keeps its frames. Then only a new process helps.</summary>
    const int HungMax = 3;

    /// <summary>A call that was broken off comes back within this time, or never.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    readonly object _gate = new();
    readonly CameraOptions _options;
    readonly TimeProvider _time;
    readonly Action<CameraEvent>? _report;
    readonly Func<Pause, IFrameSource> _sources;
    readonly Backoff _backoff;
    readonly bool _watchesScene;
    readonly List<FramePool> _pools = [];
    CaptureThread? _thread;
    ITimer? _watchdog;
    CameraState _state;
    SceneFault _scene;
    string? _fault;
    long _framesRead, _overrun, _skipped, _reconnects;
    int _hung;
    bool _wasLive, _stopped;

    /// <param name="name">For events and messages.</param>
    /// <param name="options">Read once.</param>
    /// <param name="time">Whose timestamps frames and events carry.</param>
    /// <param name="report">Called from the camera's thread and from the watchdog's; must return soon.</param>
    /// <exception cref="ArgumentException">The options cannot be meant; the message says which and what they take.</exception>
    public Camera(string name, CameraOptions options, TimeProvider time, Action<CameraEvent>? report = null)
        : this(name, options, time, report, FrameSources.Of(options, time), Random.Shared)
    {
    }

    internal Camera(
        string name, CameraOptions options, TimeProvider time, Action<CameraEvent>? report,
        Func<Pause, IFrameSource> sources, Random random)
    {
        OptionsCheck.Ensure(options);
        OptionsCheck.Ensure(options.Scene ?? new SceneOptions());
        (Name, _options, _time, _report, _sources) = (name, options, time, report, sources);
        _backoff = new Backoff(
            TimeSpan.FromSeconds(options.RetryFirstSeconds), TimeSpan.FromSeconds(options.RetryMaxSeconds), random);
        _watchesScene = options.SceneChecks == SceneChecks.On
            || (options.SceneChecks == SceneChecks.Auto && SourceAddress.Parse(options.Source).IsLive);
    }

    public string Name { get; }

    /// <summary>Where its pictures come from, without passwords.</summary>
    public string Source => SourceAddress.Shown(_options.Source);

    public CameraState State
    {
        get { lock (_gate) return _state; }
    }

    /// <summary>What is wrong with the picture; it stays when the camera is lost, until pictures in order come.</summary>
    public SceneFault Scene
    {
        get { lock (_gate) return _scene; }
    }

    /// <summary>Why it is lost, as of the last try; null when it is not.</summary>
    public string? Fault
    {
        get { lock (_gate) return _fault; }
    }

    /// <summary>The newest picture.</summary>
    public LatestFrame Frames { get; } = new();

    /// <summary>Pictures that came off the source, dropped ones among them.</summary>
    public long FramesRead => Interlocked.Read(ref _framesRead);

    /// <summary>Pictures that nobody took, or that came while all frames were on loan.</summary>
    public long Dropped => Frames.Dropped + Interlocked.Read(ref _overrun);

    /// <summary>Pictures that nobody may see, since they came damaged or late.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>How often it came back after it was lost.</summary>
    public long Reconnects => Interlocked.Read(ref _reconnects);

    /// <summary>Threads that hang in a driver at present.</summary>
    public int Hung
    {
        get { lock (_gate) return _hung; }
    }

    /// <summary>Frames that have not come home. Zero once the camera has stopped and everybody disposed what he took.</summary>
    public int OnLoan
    {
        get { lock (_gate) return _pools.Sum(pool => pool.OnLoan); }
    }

    /// <summary>Begins; the first picture comes when it comes. Once only.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (_thread is not null) throw new InvalidOperationException($"The camera {Name} was started already.");

            var period = TimeSpan.FromSeconds(Math.Min(0.5, _options.StallSeconds / 4));
            _watchdog = _time.CreateTimer(static camera => (camera as Camera)?.Watch(), this, period, period);
            _thread = Begin(late: false, identity: default);
        }
    }

    /// <summary>Ends for good. A thread that hangs in a driver is left behind.</summary>
    public async Task StopAsync(CancellationToken stop = default)
    {
        var ended = End();
        try
        {
            await ended.WaitAsync(Grace, TimeProvider.System, stop);
        }
        catch (TimeoutException)
        {
            // It hangs. Background threads do not hold up the process.
        }
    }

    /// <summary>Ends for good, without waiting: the thread gives its frames back by itself.</summary>
    public void Dispose() => End();

    internal void OnPool(FramePool pool)
    {
        lock (_gate)
        {
            _pools.RemoveAll(old => old.OnLoan == 0);
            _pools.Add(pool);
        }
    }

    internal void OnSkipped() => Interlocked.Increment(ref _skipped);

    internal bool OnOverrun()
    {
        Interlocked.Increment(ref _framesRead);
        Interlocked.Increment(ref _overrun);
        return true;
    }

    internal void Deliver(CaptureThread from, Frame frame)
    {
        Interlocked.Increment(ref _framesRead);
        lock (_gate)
        {
            if (from == _thread && !_stopped)
            {
                Frames.Put(frame);
                return;
            }
        }

        frame.Dispose();
    }

    internal void OnLive(CaptureThread from, SourceIdentity before, SourceIdentity now)
    {
        bool wasLive;
        lock (_gate)
        {
            if (from != _thread || _stopped) return;
            (wasLive, _wasLive, _state, _fault) = (_wasLive, true, CameraState.Live, null);
        }

        var device = now.IsKnown ? $" (device {now.Device})" : "";
        if (wasLive) Interlocked.Increment(ref _reconnects);
        Report(wasLive ? CameraEventKind.Back : CameraEventKind.Live,
            $"The camera {Name} gives pictures{(wasLive ? " again" : "")}{device}.");
        if (!before.IsKnown || before == now) return;

        var isSame = before.Device == now.Device;
        Report(isSame ? CameraEventKind.Replugged : CameraEventKind.Swapped, isSame
            ? $"The camera {Name} was unplugged and plugged in again: {now.Device}. Look at it if nobody should have done that."
            : $"Another device stands at the camera {Name}: {now.Device}, before {before.Device}. Look at it; the option device pins one.");
    }

    /// <returns>Whether the thread goes on trying.</returns>
    internal bool OnLost(CaptureThread from, string why)
    {
        bool isNew;
        lock (_gate)
        {
            if (from != _thread || _stopped) return false;
            isNew = _state != CameraState.Lost;
            (_state, _fault) = (CameraState.Lost, why);
        }

        Frames.GiveUp();
        if (isNew) Report(CameraEventKind.Lost, $"The camera {Name} is lost: {why}");
        return true;
    }

    internal void OnEnded(CaptureThread from)
    {
        lock (_gate)
        {
            if (from != _thread || _stopped) return;
            _state = CameraState.Ended;
        }

        Report(CameraEventKind.Ended, $"The camera {Name} is over: its file has ended. Set the option loop to play it again.");
    }

    internal void OnScene(CaptureThread from, SceneWatch scene)
    {
        lock (_gate)
        {
            if (from != _thread || _stopped) return;
            _scene = scene.Fault;
        }

        Report(scene.Fault switch
        {
            SceneFault.Black => CameraEventKind.Black,
            SceneFault.Frozen => CameraEventKind.Frozen,
            SceneFault.Looped => CameraEventKind.Looped,
            _ => CameraEventKind.Recovered,
        }, $"The camera {Name}: {scene.Describe()}");
    }

    CaptureThread Begin(bool late, SourceIdentity identity)
    {
        var scene = _watchesScene ? new SceneWatch(_options.Scene ?? new SceneOptions(), _time, _scene) : null;
        var thread = new CaptureThread(this, _options, _time, _sources, _backoff, scene) { BeginsLate = late, Identity = identity };
        thread.Start();
        return thread;
    }

    /// <summary>The watchdog, on a timer's thread.</summary>
    void Watch()
    {
        CaptureThread? thread;
        lock (_gate) thread = _stopped ? null : _thread;
        if (thread is null || !thread.IsOverdue(out var waited, out var limit)) return;

        if (thread.BrokenOff is null)
        {
            thread.BreakOff($"No picture came from {Source} for {waited.TotalSeconds:F1} s (limit {limit.TotalSeconds:F1} s). "
                + "Look at the camera, its power and its cable or network.");
        }
        else if (waited > limit + Grace)
        {
            Abandon(thread);
        }
    }

    /// <summary>
    /// The call never comes back. Nothing can end a thread from outside, so it is left with its source, its frames and its
    /// memory, which the driver may still write to; another takes its place, and once too many hang, none.
    /// </summary>
    void Abandon(CaptureThread thread)
    {
        const string Remedy = "Its thread is left behind. Unplug the camera and plug it in again";
        if (!OnLost(thread, $"{thread.BrokenOff} The call into its driver hangs. {Remedy}.")) return;

        lock (_gate)
        {
            if (_thread != thread || _stopped) return;
            if (_hung == HungMax)
            {
                _fault = $"{HungMax} calls into the driver of {Source} hang (limit {HungMax}). {Remedy}, then restart EdgeFace.";
                return;
            }

            _hung++;
            _thread = Begin(late: true, thread.Identity);
        }

        thread.Stop();
        _ = thread.Ended.ContinueWith(_ => { lock (_gate) _hung--; }, TaskScheduler.Default);
    }

    Task End()
    {
        CaptureThread? thread;
        lock (_gate)
        {
            (thread, _stopped, _state) = (_thread, true, CameraState.Ended);
            _watchdog?.Dispose();
        }

        thread?.Stop();
        Frames.Dispose();
        return thread?.Ended ?? Task.CompletedTask;
    }

#pragma warning disable CA1031 // whoever listens must not be able to stop the camera, nor the timer that watches it
    void Report(CameraEventKind kind, string message)
    {
        try
        {
            _report?.Invoke(new CameraEvent(Name, kind, message, _time.GetTimestamp()));
        }
        catch (Exception e)
        {
            lock (_gate) _fault = $"The event {kind} could not be reported: {e.GetType().Name}: {e.Message}";
        }
    }
#pragma warning restore CA1031
}
