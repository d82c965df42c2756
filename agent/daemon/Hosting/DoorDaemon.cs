using System.Collections.Concurrent;
using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Pipeline;
using EdgeFace.Profiles;
using EdgeFace.Sites;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>
/// The door daemon: cameras, watches and doors of one device, with the desk that knows the rules and the journal that
/// keeps what happened. Every part runs on a thread of its own and none waits for another: a camera that is lost, a
/// disk that is full or a control socket that hangs stops no door. A fault of the program ends the whole of it, doors in their
/// declared state, and the service manager starts it again.
/// </summary>
sealed partial class DoorDaemon : IAsyncDisposable
{
    const string DeskState = "desk";
    const string OrderState = "orders";
    const string CalibrationState = "liveness.";

    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _remembering = new();
    readonly Dictionary<string, (Door Door, IDoorHardware Hardware)> _doors = new(StringComparer.Ordinal);
    readonly List<Thread> _threads = [];
    readonly List<Task> _tasks = [];
    readonly ConcurrentDictionary<string, CameraCalibration> _calibrations = new(StringComparer.Ordinal);
    readonly ModelCatalog _catalog;
    readonly InferencePlan _plan;
    readonly ModelSessions _models;
    readonly ILogger _log;
    readonly IDisposable _folderLock;
    readonly WatchdogPulse _pulse;
    readonly ConcurrentDictionary<string, (string Reason, long Stamp)> _last = new(StringComparer.Ordinal);
    bool _built, _stopped;
    long _remembered;
    byte[] _orders = [];

    /// <summary>Doors at rest and the journal open, and nothing yet that computes.</summary>
    DoorDaemon(
        ProfileFile file, ModelCatalog catalog, StateFolder data, TimeProvider time, ILogger<DoorDaemon> log, WatchdogPulse pulse, InferencePlan plan)
    {
        (File, _catalog, Data, Time, _log, _pulse) = (file, catalog, data, time, log, pulse);
        (_plan, _models) = (plan, new ModelSessions(data.Models, new InferenceOptions(file.Profile.ThreadsPerDoor)));
        StartedAt = (time.GetUtcNow(), time.GetTimestamp());
        _folderLock = StateFolderLock.Take(data);
        try
        {
            // Before anything that may fail: a relay that an earlier process left energised is put to rest.
            var interlocks = Interlocks(file.Profile);
            foreach (var (name, door) in file.Profile.Doors) _doors.Add(name, DoorOf(name, door, interlocks.GetValueOrDefault(name)));

            Store = SubjectStore.Open(data, time);
            Gallery = LoadedGallery.Load(Store, Embedder, file.Profile.Fpir, time);
            Journal = EventJournal.Open(data, file.Profile.Journal ?? new JournalOptions(), file.Profile.DeviceName, time, clockTrusted: false);
            Clock = ClockKeeper.Open(file.Profile.Clock ?? new ClockOptions(), Journal, time);
            // What was remembered and cannot be had is not what was never remembered: no disk fault ends a lockout.
            Desk = new AccessDesk(
                file.Site, Gallery.People.Subjects, time, Journal.Recall(DeskState) ?? (Journal.MemoryLost ? [] : null));
            BelieveClock();
            foreach (var (name, door) in file.Profile.Doors)
            {
                if (CameraCalibration.From(Journal.Recall(CalibrationState + name), DigestOf(door)) is { } calibration)
                    _calibrations[name] = calibration;
            }
        }
        catch
        {
            Release();
            throw;
        }
    }

    public ProfileFile File { get; private set; }

    public StateFolder Data { get; }

    public TimeProvider Time { get; }

    public SubjectStore Store { get; }

    public EventJournal Journal { get; }

    public AccessDesk Desk { get; }

    public ClockKeeper Clock { get; }

    /// <summary>Who is known now.</summary>
    public LoadedGallery Gallery { get; private set; }

    /// <summary>In the order of the profile.</summary>
    public IReadOnlyList<DoorPost> Posts { get; private set; } = [];

    /// <summary>Wall time, and a timestamp.</summary>
    public (DateTimeOffset Wall, long Stamp) StartedAt { get; }

    /// <summary>Ends, faulted, when a part of the daemon fails in a way that nobody foresaw.</summary>
    public Task Fault => _fault.Task;

    /// <summary>Hears every event as it goes into the journal; must not wait.</summary>
    public event Action<AccessEvent>? Happened;

    /// <summary>Hears every conclusion at a door, for those who count.</summary>
    public Action<DoorConclusion>? Concluded { get; set; }

    /// <summary>How the cloud connection is; null where there is none.</summary>
    public Func<CloudReport>? CloudReport { get; set; }

    /// <summary>Whose embeddings the gallery holds.</summary>
    public ModelCard Embedder => _plan.Cards[InferenceStage.Embedding];

    /// <summary>What computes the models.</summary>
    public ProviderKeeper? Providers { get; private set; }

    public DoorPost? Find(string? door) => Posts.FirstOrDefault(post => post.Name == door);

    /// <summary>The last decision at a door and its timestamp; null before the first.</summary>
    public (string Reason, long Stamp)? LastOf(DoorPost post) => _last.TryGetValue(post.Name, out var last) ? last : null;

    /// <summary>What was measured at a door's camera with this model and this profile; null where nothing was.</summary>
    public CameraCalibration? CalibrationOf(string door) => _calibrations.GetValueOrDefault(door);

    public string DigestOf(DoorProfile profile) =>
        CameraCalibration.DigestOf(_plan.Cards[InferenceStage.Liveness], File.Profile.Cameras[profile.Camera], profile);

    /// <summary>The limit of a door's camera from the next frame on, and after every restart.</summary>
    public void Adopt(DoorPost post, CameraCalibration calibration)
    {
        lock (_reloading)
        {
            _calibrations[post.Name] = calibration;
            Journal.Remember(CalibrationState + post.Name, calibration.ToBytes());
            post.Watch.Adopt(Gallery.People.Gallery, Gallery.PolicyFor(post.Profile, calibration));
        }

        Append(new AccessEvent(
            "liveness.calibrated", Time.GetUtcNow(), post.Name, Camera: post.Camera.Name, Value: calibration.LivenessMin, Limit: post.Profile.LivenessMin,
            More: new Dictionary<string, string>
            {
                ["people"] = $"{calibration.People}",
                ["readings"] = $"{calibration.Readings}",
                ["bpcer"] = FormattableString.Invariant($"{calibration.Bpcer:F3}"),
            }));
    }

    /// <summary>Cameras see, doors move.</summary>
    public void Start()
    {
        if (Desk.MemoryFault is { } fault)
            Append(new AccessEvent("desk.memory-lost", Time.GetUtcNow(), Remedy: fault, Priority: EventPriority.Alarm));
        Append(new AccessEvent("agent.started", Time.GetUtcNow(), More: new Dictionary<string, string>
        {
            ["profile"] = Path.GetFileName(File.File),
            ["people"] = $"{Gallery.People.Count}",
            ["threshold"] = FormattableString.Invariant($"{Gallery.Threshold.Similarity:F4}"),
        }));
        // The time without power did not count: whoever follows the events does not know how long it is now.
        foreach (var post in Posts)
        {
            if (Desk.LockedOutFor(post.Name) is { } left)
                Append(new AccessEvent("door.locked-out", Time.GetUtcNow(), post.Name, Reason: DoorReason.Start.Code(), Value: left.TotalSeconds));
        }

        // A wire that hangs while its strike is energised is nothing that this process can end: the watchdog is let know.
        var wires = Posts.ToDictionary(post => post.Name, post => _pulse.Loop($"wires of {post.Name}"), StringComparer.Ordinal);
        var loop = new DoorLoop([.. Posts.Select(post => post.Door)], new DoorLoopOptions(), Time, door => wires[door].Tick());
        Run("doors", loop.RunAsync);
        Run("housekeeping", HousekeepAsync);
        if (Providers is not null) Run("providers", Providers.RunAsync);
        foreach (var post in Posts)
        {
            var alive = _pulse.Loop($"door {post.Name}");
            Watch(post, alive);
            foreach (var witness in post.Witnesses) witness.Camera.Start();
            post.Camera.Start();
        }

        LogStarted(Posts.Count, Gallery.People.Count, Gallery.People.Templates);
    }

    /// <summary>Doors in their declared state, everything written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped) return;

        _stopped = true;
        // First of all: a driver that hangs at the end, and is killed for it, is none that the daemon died of. A fault may be its doing.
        if (!_fault.Task.IsFaulted) Providers?.End();
        await _stop.CancelAsync();

        // Doors first: a frame that is still being judged must not keep one from its declared state.
        foreach (var post in Posts) post.Door.Shutdown();
        foreach (var thread in _threads) thread.Join();
        try
        {
            await Task.WhenAll(_tasks);
        }
#pragma warning disable CA1031 // whatever ended a loop was taken down when it did
        catch (Exception) when (_fault.Task.IsFaulted)
#pragma warning restore CA1031
        {
            // It is told through Fault.
        }

        Clock.Keep();
        Remember(all: true);
        Append(new AccessEvent("agent.stopped", Time.GetUtcNow(), Reason: _fault.Task.IsFaulted ? "fault" : "told"));
        Release();
    }

    (Door Door, IDoorHardware Hardware) DoorOf(string name, DoorProfile profile, Interlock? interlock)
    {
        var options = profile.Door ?? new DoorOptions();
        IDoorHardware hardware = profile.Gpio is { } gpio
            ? new GpioDoorHardware(gpio)
            : new SimulatedDoorHardware(Time, profile.Simulated?.Passage, options.Fail);
        return (new Door(name, options, hardware, Time, Report, interlock), hardware);
    }

    static Dictionary<string, Interlock> Interlocks(DeviceProfile profile) => (profile.Interlocks ?? [])
        .Select(doors => (doors, new Interlock()))
        .SelectMany(each => each.doors.Select(door => (door, each.Item2)))
        .ToDictionary(pair => pair.door, pair => pair.Item2);

    void Watch(DoorPost post, WatchedLoop alive)
    {
        var thread = new Thread(() =>
        {
            try
            {
                post.Watch.Run(alive.Tick, _stop.Token);
            }
#pragma warning disable CA1031 // the top of this thread: whatever it is ends the daemon
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail($"door {post.Name}", e);
            }
        })
        {
            Name = $"door {post.Name}",
            IsBackground = true,
        };
        _threads.Add(thread);
        thread.Start();
    }

    void Run(string part, Func<CancellationToken, Task> act) => _tasks.Add(Task.Run(async () =>
    {
        try
        {
            await act(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to.
        }
#pragma warning disable CA1031 // the top of this loop: whatever it is ends the daemon
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(part, e);
        }
    }));

    void Fail(string part, Exception fault)
    {
        LogFailed(part, fault);
        _fault.TrySetException(fault);
    }

    void Report(CameraEvent seen)
    {
        LogCamera(EventWords.IsTrouble(seen.Kind) ? LogLevel.Warning : LogLevel.Information, seen.Camera, seen.Kind, seen.Message);
        Append(EventWords.Of(seen, Time.GetUtcNow()));
    }

    void Report(DoorEvent seen)
    {
        if (!_built) return; // a start that failed puts its doors to rest, and nothing is open to tell it to

        if (seen is { Kind: DoorEventKind.Opened, Reason: DoorReason.Grant }) Desk.Passed(seen.Door);
        if (seen.Kind is DoorEventKind.Locked) Desk.Relocked(seen.Door);
        LogDoor(seen.Door, seen.Kind, seen.Reason);
        Remember();
        Append(EventWords.Of(seen));
    }

    void Conclude(DoorConclusion conclusion)
    {
        Remember();
        foreach (var happened in EventWords.Of(conclusion)) Append(happened, conclusion.Picture);
        Concluded?.Invoke(conclusion);
        if (conclusion.Answer?.Decision is not { } decision) return;

        var reason = decision.OpensDoor ? "granted" : decision.Reason.Code();
        _last[conclusion.Door] = (reason, Time.GetTimestamp());
        LogDecided(conclusion.Door, decision.OpensDoor, reason);
    }

    /// <summary>What desk and doors must know after a restart is on the disk with the event that changed it.</summary>
    /// <param name="all">Also where nothing has changed but ages.</param>
    void Remember(bool all = false)
    {
        lock (_remembering)
        {
            var revision = Desk.Revision;
            if (revision != _remembered || all) Journal.Remember(DeskState, Desk.Memory());
            _remembered = revision;

            var orders = StandingOrders.Save(Posts.Select(post => post.Door));
            if (!orders.AsSpan().SequenceEqual(_orders)) Journal.Remember(OrderState, orders);
            _orders = orders;
        }
    }

    /// <summary>The journal counts what it cannot keep; nobody waits for it.</summary>
    public void Append(AccessEvent happened, byte[]? picture = null) => _ = Keep(happened, picture);

    Task<Journal.EventId?> Keep(AccessEvent happened, byte[]? picture)
    {
        var kept = Journal.AppendAsync(happened, picture);
        Happened?.Invoke(happened);
        return kept;
    }

    void Release()
    {
        Providers?.Dispose();
        foreach (var post in Posts) post.Dispose();
        _models.Dispose();
        foreach (var (door, _) in _doors.Values) door.Dispose();
        Journal?.Dispose();
        Store?.Dispose();
        _folderLock.Dispose();
        _stop.Dispose();
    }

    [LoggerMessage(EventId = 11101, Level = LogLevel.Information, Message = "Started: doors={Doors} people={People} templates={Templates}")]
    partial void LogStarted(int doors, int people, int templates);

    [LoggerMessage(EventId = 11102, Level = LogLevel.Critical, Message = "Failed and ending: part={Part}")]
    partial void LogFailed(string part, Exception fault);

    [LoggerMessage(EventId = 11103, Message = "Camera: camera={Camera} kind={Kind}: {Words}")]
    partial void LogCamera(LogLevel level, string camera, CameraEventKind kind, string words);

    [LoggerMessage(EventId = 11104, Level = LogLevel.Information, Message = "Door: door={Door} kind={Kind} reason={Reason}")]
    partial void LogDoor(string door, DoorEventKind kind, DoorReason reason);

    [LoggerMessage(EventId = 11105, Level = LogLevel.Information, Message = "Decided: door={Door} opens={Opens} reason={Reason}")]
    partial void LogDecided(string door, bool opens, string reason);
}
