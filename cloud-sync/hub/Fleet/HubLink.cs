using System.Data.Common;
using System.Text;
using System.Threading.Channels;
using EdgeFace.Consumer;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Storage;
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
    const int WaitingMax = 4_000;

    readonly FarEnd _end;
    readonly HubConnection _connection;
    readonly DeviceStore _devices;
    readonly ILogger<HubLink> _logger;
    readonly Channel<Heard> _waiting;
    long _lost, _strangers;

    public HubLink(
        MqttLinkOptions options, string user, EventKeeper keeper, HoleSweep holes, DeviceStore devices, TimeProvider time, ILogger<HubLink> logger)
    {
        (_devices, _logger) = (devices, logger);
        _waiting = Channel.CreateBounded<Heard>(
            new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }, _ => Interlocked.Increment(ref _lost));
        _connection = new HubConnection(options, user, time);
        _end = new FarEnd(_connection, keeper.Take, time) { Heard = heard => _waiting.Writer.TryWrite(heard) };
        keeper.Receipt = _end.Receipt;
        holes.Ask = _end.Receipt;
        Address = options.Address;
    }

    public string Address { get; }

    public bool IsOnline => _connection.IsOnline;

    /// <summary>Why there is no connection.</summary>
    public string? Fault => _connection.Fault;

    public long Unsent => _end.Unsent;

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

    public void Send(string device, DownChannel channel, string text) => _end.Send(device, new DownMessage(channel, Encoding.ASCII.GetBytes(text)));

    protected override Task ExecuteAsync(CancellationToken stop) => Task.WhenAll(_end.RunAsync(stop), HearAllAsync(stop));

    async Task HearAllAsync(CancellationToken stop)
    {
        await foreach (var heard in _waiting.Reader.ReadAllAsync(stop))
        {
            try
            {
                await HearAsync(heard, stop);
            }
            catch (Exception e) when (e is DbException or StoreException)
            {
                LogNotHeard(heard.Device, Topics.Word(heard.Message.Channel), e.Message);
            }
        }
    }

    async Task HearAsync(Heard heard, CancellationToken stop)
    {
        if (await _devices.FindAsync(heard.Device, stop) is not { Revoked: null } device)
        {
            Interlocked.Increment(ref _strangers);
            return;
        }

        var payload = heard.Message.Payload;
        switch (heard.Message.Channel)
        {
            case UpChannel.Presence when PresenceDocument.Parse(payload.Span) is { } presence:
                await _devices.TellPresenceAsync(device.Name, presence.Status is PresenceStatus.Online, stop);
                break;
            case UpChannel.Identity when DeviceIdentity.Open(payload.Span, device.Name, device.VerifyingKey) is { } identity:
                await _devices.TellIdentityAsync(identity, stop);
                device = device with { SealingKey = identity.SealingKey, Model = identity.Model };
                break;
            case UpChannel.Identity:
                LogNotItself(device.Name);
                return;
            case UpChannel.Gallery when GalleryReport.Parse(payload.Span) is { } report:
                await _devices.TellGalleryAsync(device.Name, report, stop);
                break;
            case UpChannel.Reported when SettingsReport.Parse(payload.Span) is { } settings:
                await _devices.TellSettingsAsync(device.Name, settings, stop);
                break;
        }

        if (Ears.TryGetValue(heard.Message.Channel, out var ear)) await ear(device, payload, stop);
    }

    [LoggerMessage(EventId = 22001, Level = LogLevel.Warning, Message = "What {Device} said on '{Channel}' could not be kept; it says it again: {Fault}")]
    partial void LogNotHeard(string device, string channel, string fault);

    [LoggerMessage(EventId = 22002, Level = LogLevel.Warning, Message = "{Device} said who it is, and did not sign it with the key that it was registered with: it was set up anew, or it is another one. Provision it again.")]
    partial void LogNotItself(string device);
}
