using EdgeFace.Delivery;
using EdgeFace.Link;
using EdgeFace.Storage;
using EdgeFace.Twins;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>
/// The daemon's part that speaks with the cloud: events and enrolments up, the gallery, commands and settings down. It reads
/// what the doors have written and asks them nothing; whatever the other side sends, and whatever breaks here, the doors go on.
/// </summary>
sealed partial class DaemonCloud : IAsyncDisposable
{
    const string TrustState = "cloud.trust", CommandState = "cloud.commands", SettingsState = "cloud.settings";

    static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource _stop = new();
    readonly DoorDaemon _daemon;
    readonly ILink _link;
    readonly ILogger _log;
    readonly CloudEvents _events;
    readonly CommandIntake _commands;
    readonly SettingsTwin _settings;
    readonly CloudGallery _gallery;
    readonly EventPump _pump;
    readonly HomeAssistantFeed? _feed;
    readonly List<Task> _loops = [];
    volatile TrustedKeys _trust;
    bool _disposed;

    /// <param name="daemon">Whose doors.</param>
    /// <param name="link">Not running yet.</param>
    /// <param name="trust">The set that the installer put there; a later one that came signed goes before it.</param>
    /// <param name="desk">Answers operators.</param>
    /// <param name="version">Of the program.</param>
    /// <param name="log">Told of faults.</param>
    /// <exception cref="StorageException">The device's keys, or the gallery, cannot be used.</exception>
    public DaemonCloud(DoorDaemon daemon, ILink link, TrustedKeys trust, ControlDesk desk, string version, ILogger<DaemonCloud> log)
    {
        (_daemon, _link, _log) = (daemon, link, log);
        var (journal, time, device) = (daemon.Journal, daemon.Time, daemon.File.Profile.DeviceName);
        _trust = Kept(journal.Recall(TrustState)) is { } later && later.Version > trust.Version ? later : trust;
        _events = new CloudEvents(happened => daemon.Append(happened), time);
        var doer = new CloudCommands(daemon, desk);
        _commands = new CommandIntake(
            link, new CommandRule(device, () => _trust, () => daemon.Clock.IsTrusted, time), new CommandMemory(journal.Recall(CommandState)),
            new CommandPorts(KeepAsync, doer.ExecuteAsync, _events.Tell), time);
        _settings = new SettingsTwin(
            device, link, () => _trust, journal.Recall(SettingsState),
            new SettingsPorts(daemon.AdoptSite, bytes => journal.Remember(SettingsState, bytes), _events.TellSettings), time);
        _gallery = new CloudGallery(
            daemon, daemon.Embedder, link, () => _trust, daemon.File.Profile.Cloud?.Gallery ?? new GalleryIntakeOptions(), _events);
        _pump = new EventPump(
            device, link, EventMapping.Of(journal, time), ReceiptReader.With(() => _trust), daemon.File.Profile.Cloud?.Delivery ?? new DeliveryOptions(), time);
        journal.Appended = _pump.Wake;
        daemon.CloudReport = () => new CloudReport(
            Words.Snake(link.State.Status), link.State.Reason, _trust.Version, _settings.Report.Applied, _settings.Report.Refused,
            _gallery.Version);
        if (daemon.File.Profile.Cloud?.HomeAssistant is { } shown && link is MqttLink broker) _feed = Feed(new HomeAssistant(device, version, DoorsOf(daemon), shown), broker, doer);
        link.Received = Route;
        link.Changed = OnChanged;
    }

    public LinkState Link => _link.State;

    /// <summary>What became of the events.</summary>
    public DeliveryCounts Delivered => _pump.Counts;

    public SettingsReport Settings => _settings.Report;

    public void Start()
    {
        Run(_link.RunAsync);
        Run(_commands.RunAsync);
        Run(_settings.RunAsync);
        Run(_pump.RunAsync);
        if (_feed is not null) Run(_feed.RunAsync);
        Run(_gallery.RunAsync);
        Run(_gallery.UploadAsync);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;

        _disposed = true;
        await _stop.CancelAsync();
        Task[] loops;
        lock (_loops) loops = [.. _loops];
        await Task.WhenAll(loops);
        _gallery.Dispose();
        _stop.Dispose();
    }

    HomeAssistantFeed Feed(HomeAssistant words, MqttLink broker, CloudCommands doer)
    {
        var feed = new HomeAssistantFeed(_daemon, words, broker.PublishAsync, (door, unlock) => doer.ObeyAsync(door, unlock, _stop.Token));
        (broker.AlsoReads, broker.AlsoReceived) = ([.. words.Reads], feed.Hear);
        return feed;
    }

    /// <summary>Null where nothing was kept, or another version of the program kept it: then the installer's set stands.</summary>
    static TrustedKeys? Kept(byte[]? json)
    {
        try
        {
            return json is null ? null : TrustedKeys.Parse(json);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static (string Name, bool HasContact)[] DoorsOf(DoorDaemon daemon) =>
        [.. daemon.Posts.Select(post => (post.Name, post.Door.Options.HasContact))];

    /// <summary>The event goes into the same transaction as the ids: when it is on the disk, so are they.</summary>
    async Task<bool> KeepAsync(byte[] ids) =>
        _daemon.Journal.Remember(CommandState, ids)
        && await _daemon.Journal.AppendAsync(new Journal.AccessEvent("cloud.command-begun", _daemon.Time.GetUtcNow(), Priority: Journal.EventPriority.Telemetry)) is not null;

    void Route(DownMessage message)
    {
        switch (message.Channel)
        {
            case DownChannel.Receipts:
                _pump.Receive(message.Payload.ToArray());
                break;
            case DownChannel.Commands:
                _commands.Take(message);
                break;
            case DownChannel.Desired:
                _settings.Take(message);
                break;
            case DownChannel.Manifests or DownChannel.Chunks or DownChannel.Heads:
                _gallery.Take(message);
                break;
            case DownChannel.Trust:
                Advance(message);
                break;
        }
    }

    void Advance(DownMessage message)
    {
        if (_trust.TryAdvance(message.Payload.Span, out var next, out var refusal))
        {
            _trust = next;
            _daemon.Journal.Remember(TrustState, next.ToJson());
        }

        // Retained or repeated, the set in force comes again and again: that is nothing to tell.
        if (refusal != "wrong-version") _events.TellTrust(next.Version, refusal);
    }

    void OnChanged(LinkState state)
    {
        LogLink(state.Status, state.Reason, state.Message);
        _events.Tell(state);
        _pump.Changed(state);
        if (state.Status is not LinkStatus.Online) return;

        _settings.Online();
        _gallery.Online();
        _feed?.SayAnew();
        Run(_commands.FlushAsync);
    }

    void Run(Func<CancellationToken, Task> loop)
    {
        lock (_loops)
        {
            _loops.RemoveAll(each => each.IsCompleted);
            _loops.Add(Task.Run(() => GuardAsync(loop)));
        }
    }

    async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await loop(_stop.Token);
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // the top of this loop: nothing that the other side sends may end the doors
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(e);
                _events.TellRefused("cloud.fault", e.GetType().Name, "A part of the cloud connection broke; the doors go on, and it begins anew. The log says where.");
            }

            await Task.Delay(AfterFault, _daemon.Time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    [LoggerMessage(EventId = 11130, Level = LogLevel.Information, Message = "Cloud link: {Status} {Reason} {Message}")]
    partial void LogLink(LinkStatus status, string reason, string message);

    [LoggerMessage(EventId = 11131, Level = LogLevel.Error, Message = "A part of the cloud connection broke; it begins anew")]
    partial void LogBroken(Exception fault);
}
