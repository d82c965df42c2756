using System.Data.Common;
using System.Text;
using System.Threading.Channels;
using EdgeFace.Consumer;
using EdgeFace.Hub.Intake;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Fleet;

/// <summary>
/// The hub's connection to the broker. Events go to the keeper; what devices say of themselves is believed where it is signed, shown
/// where it is not, and handed to whoever asked to hear it.
/// </summary>
sealed partial class HubLink : BackgroundService
{
    /// <summary>What devices say besides events waits here; what finds no place is said again at the device's next connection.</summary>
    const int WaitingMax = 50_000;

    /// <summary>And never more than so much of it.</summary>
    const long WaitingBytesMax = 128L << 20;

    /// <summary>Written in one transaction.</summary>
    const int TogetherMax = 500;

    /// <summary>A fault of the database that does not say to pass is the message's own after so many.</summary>
    const int TriesMax = 5;

    const string Group = "edgeface-hub";

    static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(0.25), PauseMax = TimeSpan.FromSeconds(10);

    readonly FarEnd _end;
    readonly HubConnection _connection;
    readonly HubConnection? _events;
    readonly DeviceStore _devices;
    readonly TimeProvider _time;
    readonly ILogger<HubLink> _logger;
    readonly Channel<Heard> _waiting;
    long _waitingBytes, _lost, _strangers;

    /// <param name="options">The broker.</param>
    /// <param name="user">The hub's name there.</param>
    /// <param name="instances">Who else is there; null: nobody.</param>
    /// <param name="place">How events are parted with them; null: not at all.</param>
    /// <param name="keeper">Keeps events.</param>
    /// <param name="holes">Asks for those that are missing.</param>
    /// <param name="devices">Whom to believe.</param>
    /// <param name="time">Paces what is tried again.</param>
    /// <param name="logger">Of this class.</param>
    public HubLink(
        MqttLinkOptions options, string user, Instances? instances, HubPlace? place, EventKeeper keeper, HoleSweep holes, DeviceStore devices,
        TimeProvider time, ILogger<HubLink> logger)
    {
        (_devices, _time, _logger) = (devices, time, logger);
        _waiting = Channel.CreateBounded<Heard>(
            new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }, Lose);
        var how = place?.How ?? EventSharing.Alone;
        _connection = new HubConnection(options, user, time, place is null || how is EventSharing.Alone ? null : All(place.Instance));
        _end = new FarEnd(_connection, keeper.Take, time) { Heard = Wait };
        if (place is not null && how is not EventSharing.Alone)
        {
            // Half as long as it may take until another instance takes over: until then the broker deals to one who is gone.
            var quick = options with { KeepAliveSeconds = Math.Min(options.KeepAliveSeconds, 5) };
            _events = new HubConnection(quick, user, time, how is EventSharing.Shared ? Part(place.Instance) : Own(place.Instance))
            {
                Received = heard => TakePart(heard, keeper, how is EventSharing.Partitioned ? instances : null),
            };
        }

        keeper.Receipt = _end.Receipt;
        holes.Ask = _end.Receipt;
        Address = options.Address;
    }

    public string Address { get; }

    public bool IsOnline => _connection.IsOnline && _events?.IsOnline is not false;

    /// <summary>Why there is no connection.</summary>
    public string? Fault => _connection.IsOnline ? _events?.Fault : _connection.Fault;

    public long Unsent => _end.Unsent;

    /// <summary>How many more devices may be told something now.</summary>
    public int Room => _end.Room;

    /// <summary>Messages on behalf of devices that nobody registered.</summary>
    public long Strangers => Interlocked.Read(ref _strangers);

    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>
    /// Hear what registered devices say on a channel, one after the other; set before it runs. A revoked device is not heard.
    /// </summary>
    public Dictionary<UpChannel, Func<Device, ReadOnlyMemory<byte>, CancellationToken, Task>> Ears { get; } = [];

    /// <summary>What a device is to be told; made as it is sent. Never blocks, and may be lost: devices ask again.</summary>
    public void Send(string device, params IEnumerable<DownMessage> messages) => _end.Send(device, messages);

    /// <inheritdoc cref="FarEnd.Answer"/>
    public void Answer(string device, IEnumerable<DownMessage> messages) => _end.Answer(device, messages);

    /// <inheritdoc cref="FarEnd.First"/>
    public void First(string device, DownChannel channel, string text) => _end.First(device, new DownMessage(channel, Encoding.ASCII.GetBytes(text)));

    public void Send(string device, DownChannel channel, string text) => _end.Send(device, new DownMessage(channel, Encoding.ASCII.GetBytes(text)));

    /// <summary>A part that breaks takes the hub down with it: half a link would look like a whole one.</summary>
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        List<Task> all = [_end.RunAsync(over.Token), HearAllAsync(over.Token)];
        if (_events is not null) all.Add(_events.RunAsync(over.Token));
        var first = await Task.WhenAny(all);
        await over.CancelAsync();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    /// <summary>What every instance hears: whoever signs galleries needs all of it, and another one may be that in a moment.</summary>
    static HubListening All(string instance) => new(
        instance, [.. Enum.GetValues<UpChannel>().Where(channel => channel is not (UpChannel.Events or UpChannel.Enrollments)).Select(Topics.UpOfAllOn)]);

    static HubListening Part(string instance) => new(
        $"{instance}/events", [Topics.SharedUpOfAllOn(UpChannel.Events, Group), Topics.SharedUpOfAllOn(UpChannel.Enrollments, Group)], IsShared: true, IsBrief: true);

    static HubListening Own(string instance) => new(
        $"{instance}/events", [Topics.UpOfAllOn(UpChannel.Events), Topics.UpOfAllOn(UpChannel.Enrollments)], IsBrief: true);

    void TakePart(Heard heard, EventKeeper keeper, Instances? instances)
    {
        if (instances?.Owns(heard.Device) is false) return;

        if (heard.Message.Channel is UpChannel.Events) keeper.Take(heard);
        else Wait(heard);
    }

    void Wait(Heard heard)
    {
        if (Interlocked.Add(ref _waitingBytes, heard.Message.Payload.Length) > WaitingBytesMax) Lose(heard);
        else _waiting.Writer.TryWrite(heard);
    }

    void Lose(Heard heard)
    {
        Interlocked.Add(ref _waitingBytes, -heard.Message.Payload.Length);
        Interlocked.Increment(ref _lost);
    }

    async Task HearAllAsync(CancellationToken stop)
    {
        var some = new List<Heard>();
        while (await _waiting.Reader.WaitToReadAsync(stop))
        {
            some.Clear();
            while (some.Count < TogetherMax && _waiting.Reader.TryRead(out var heard)) some.Add(heard);
            Interlocked.Add(ref _waitingBytes, -some.Sum(heard => (long)heard.Message.Payload.Length));
            await HearAsync(some, stop);
        }
    }

    /// <summary>A database that is away is waited for: devices do not say twice who they are.</summary>
    async Task HearAsync(List<Heard> some, CancellationToken stop)
    {
        for (var pause = PauseMin; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                foreach (var (device, heard) in await WriteAsync(some, stop)) await TellAsync(device, heard, stop);
                return;
            }
            catch (DbException e)
            {
                LogNotHeard(some[0].Device, Topics.Word(some[0].Message.Channel), e.Message);
                await Task.Delay(pause, _time, stop);
            }
        }
    }

    async Task TellAsync(Device device, Heard heard, CancellationToken stop)
    {
        if (!Ears.TryGetValue(heard.Message.Channel, out var ear)) return;

        var (pause, tries) = (PauseMin, 0);
        while (true)
        {
            try
            {
                await ear(device, heard.Message.Payload, stop);
                return;
            }
            catch (DbException e) when (e.IsTransient || ++tries < TriesMax)
            {
                LogNotHeard(heard.Device, Topics.Word(heard.Message.Channel), e.Message);
                await Task.Delay(pause, _time, stop);
                pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
            }
#pragma warning disable CA1031 // whatever one device says, the others are heard
            catch (Exception e) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotTaken(heard.Device, Topics.Word(heard.Message.Channel), e.Message);
                return;
            }
        }
    }

    /// <returns>What is to be handed on: said by devices that are known and not revoked.</returns>
    async Task<IReadOnlyList<(Device Device, Heard Heard)>> WriteAsync(List<Heard> some, CancellationToken stop)
    {
        var known = new Dictionary<string, Device>(await _devices.FindAsync([.. some.Select(heard => heard.Device).Distinct(StringComparer.Ordinal)], stop));
        List<DeviceWord> words = [];
        List<(Device, Heard)> heardOf = [];
        foreach (var heard in some)
        {
            if (!known.TryGetValue(heard.Device, out var device) || device.Revoked is not null)
            {
                Interlocked.Increment(ref _strangers);
                continue;
            }

            var payload = heard.Message.Payload;
            switch (heard.Message.Channel)
            {
                case UpChannel.Presence when PresenceDocument.Parse(payload.Span) is { } presence:
                    words.Add(DeviceWord.Of(device.Name, presence.Status is PresenceStatus.Online));
                    break;
                case UpChannel.Identity when DeviceIdentity.Open(payload.Span, device.Name, device.VerifyingKey) is { } identity:
                    words.Add(DeviceWord.Of(identity));
                    known[device.Name] = device = device with { SealingKey = identity.SealingKey, Model = identity.Model };
                    break;
                case UpChannel.Identity:
                    LogNotItself(device.Name);
                    continue;
                case UpChannel.Gallery when GalleryReport.Parse(payload.Span) is { } report && report.Gallery != device.Gallery:
                    words.Add(DeviceWord.OfOther(device.Name, report));
                    continue;
                case UpChannel.Gallery when GalleryReport.Parse(payload.Span) is { } report:
                    words.Add(DeviceWord.Of(device.Name, report));
                    known[device.Name] = device = device with { Version = report.Version, Content = report.Content };
                    break;
                case UpChannel.Reported when SettingsReport.Parse(payload.Span) is { } settings:
                    words.Add(DeviceWord.Of(device.Name, settings));
                    break;
            }

            heardOf.Add((device, heard));
        }

        await _devices.WriteAsync(words, stop);
        return heardOf;
    }

    [LoggerMessage(EventId = 22001, Level = LogLevel.Warning, Message = "What {Device} said on '{Channel}' could not be kept, it is tried again: {Fault}")]
    partial void LogNotHeard(string device, string channel, string fault);

    [LoggerMessage(EventId = 22003, Level = LogLevel.Error, Message = "What {Device} said on '{Channel}' cannot be taken, and is let go: {Fault}")]
    partial void LogNotTaken(string device, string channel, string fault);

    [LoggerMessage(EventId = 22002, Level = LogLevel.Warning, Message = "{Device} said who it is, and did not sign it with the key that it was registered with: it was set up anew, or it is another one. Provision it again.")]
    partial void LogNotItself(string device);
}
