using EdgeFace.Delivery;
using EdgeFace.Documents;
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
    const string CommandState = "cloud.commands";

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
    readonly TrustTwin _trust;
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
        _events = new CloudEvents(happened => daemon.Append(happened), time);
        var memory = new CloudMemory(daemon.Data.Cloud, journal);
        _trust = new TrustTwin(
            memory.Trust() is { } later && later.Version > trust.Version ? later : trust, new TrustPorts(memory.Keep, _events.TellTrust));
        var done = new CommandMemory(journal.Recall(CommandState), time, journal.MemoryLost);
        if (journal.MemoryLost) journal.Remember(CommandState, done.ToBytes()); // a restart must know it, too
        var doer = new CloudCommands(daemon, desk);
        _commands = new CommandIntake(
            link, new CommandRule(device, () => _trust.Keys, () => daemon.Clock.IsTrusted, time), done,
            new CommandPorts(KeepAsync, bytes => journal.Remember(CommandState, bytes), doer.ExecuteAsync, _events.Tell), time);
        _settings = new SettingsTwin(
            device, link, () => _trust.Keys, memory.Settings(), new SettingsPorts((version, site) => Adopt(memory, version, site), _events.TellSettings), time);
        _gallery = new CloudGallery(
            daemon, daemon.Embedder, version, link, () => _trust.Keys, daemon.File.Profile.Cloud?.Gallery ?? new GalleryIntakeOptions(), _events);
        _pump = new EventPump(
            device, link, EventMapping.Of(journal, device, time), ReceiptReader.With(() => _trust.Keys), daemon.File.Profile.Cloud?.Delivery ?? new DeliveryOptions(), time);
        journal.Appended = _pump.Wake;
        daemon.CloudReport = () => new CloudReport(
            Words.Snake(link.State.Status), link.State.Reason, _trust.Keys.Version, _settings.Report.Applied, _settings.Report.Refused,
            _gallery.Version);
        if (daemon.File.Profile.Cloud?.HomeAssistant is { } shown && link is MqttLink broker) _feed = Feed(new HomeAssistant(device, version, DoorsOf(daemon), shown), broker, doer);
        link.Received = Route;
        link.Changed = OnChanged;
    }

    public LinkState Link => _link.State;

    /// <summary>What became of the events.</summary>
    public DeliveryCounts Delivered => _pump.Counts;

    public SettingsReport Settings => _settings.Report;

    /// <summary>For the figures.</summary>
    public CloudReading Reading() => new(
        Words.Snake(_link.State.Status), _pump.Counts.Sent, _pump.Counts.SentAgain, _pump.Counts.Confirmed, _pump.Counts.Refused.Values.Sum(),
        _commands.Refused + _commands.Dropped, _gallery.Intake.Refused, _link.Ignored, _gallery.Version);

    public void Start()
    {
        if (_daemon.Journal.MemoryLost) _events.TellMemoryLost();
        Run(_link.RunAsync);
        Run(_trust.RunAsync);
        Run(_commands.RunAsync);
        Run(_settings.RunAsync);
        Run(_pump.RunAsync);
        if (_feed is not null)
        {
            Run(_feed.ShowAsync);
            Run(_feed.ObeyAsync);
        }

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
        var feed = new HomeAssistantFeed(_daemon, words, broker.PublishAsync, doer.ObeyAsync);
        (broker.AlsoReads, broker.AlsoReceived) = ([.. words.Reads], feed.Hear);
        return feed;
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
                _trust.Take(message);
                break;
        }
    }

    /// <summary>The version after the document: what goes down in between takes the same document once more.</summary>
    SettingsOutcome Adopt(CloudMemory memory, long version, byte[] site)
    {
        var outcome = _daemon.AdoptSite(site);
        return outcome is { Faults.Count: 0, NotKept: null } ? outcome with { NotKept = memory.Keep(version) } : outcome;
    }

    void OnChanged(LinkState state)
    {
        LogLink(state.Status, state.Reason, state.Message);
        _events.Tell(state);
        _pump.Changed(state);
        if (state.Status is not LinkStatus.Online) return;

        _trust.Online();
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
