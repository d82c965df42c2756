using System.Buffers;
using System.Text;
using EdgeFace.Link;
using EdgeFace.Wire;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeFace.Consumer;

/// <summary>Something that a device said.</summary>
/// <param name="Device">Of the topic; a broker's access list vouches for it, and nobody else.</param>
/// <param name="Message">What.</param>
readonly record struct Heard(string Device, UpMessage Message);

/// <summary>One of several connections under one user: what it is called behind that user's name, and what it hears.</summary>
/// <param name="Client">Nobody else's under that user.</param>
/// <param name="Filters">Topics, with wildcards.</param>
/// <param name="IsShared">They are of several clients together: the broker must know that.</param>
/// <param name="IsBrief">
/// The broker keeps nothing for it while it is away: what a session that nobody comes back to holds, of what is shared, no other
/// client gets.
/// </param>
sealed record HubListening(string Client, IReadOnlyList<string> Filters, bool IsShared = false, bool IsBrief = false);

/// <summary>
/// The hub's connection to a broker: hears what all devices say, and tells each what it is to be told. A message is acknowledged
/// after it was handled, so that a hub that falls behind is waited for and one that goes down is told again.
/// </summary>
/// <param name="options">Where to and how.</param>
/// <param name="user">Its name at the broker.</param>
/// <param name="time">What waits are measured with, and certificates against.</param>
/// <param name="listening">What it hears; null: all that all devices say, as the only client of its user.</param>
sealed class HubConnection(MqttLinkOptions options, string user, TimeProvider time, HubListening? listening = null)
{
    const int PacketBytesMax = Topics.PayloadBytesMax + 4096;
    const ushort ReceiveMax = 64;

    readonly ReconnectPace _pace = new(
        TimeSpan.FromSeconds(options.BackoffSecondsMin), TimeSpan.FromSeconds(options.BackoffSecondsMax), Random.Shared);
    long _ignored;
    volatile MqttSession? _session;

    public bool IsOnline => _session is not null;

    /// <summary>Why the last connection ended or was not made; null before that.</summary>
    public string? Fault { get; private set; }

    /// <summary>Hears each message, one at a time; it is acknowledged when this returns. Must not send and wait. Set before <see cref="RunAsync"/>.</summary>
    public Action<Heard>? Received { get; set; }

    /// <summary>The connection was made. Set before <see cref="RunAsync"/>.</summary>
    public Action? Connected { get; set; }

    /// <summary>Messages on no channel of ours.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    /// <summary>Ends when the broker has acknowledged it.</summary>
    /// <exception cref="LinkException">There is no connection, it broke meanwhile, or the broker refused the message.</exception>
    public async Task SendAsync(string device, DownMessage message, CancellationToken stop)
    {
        if (_session is not { } session) throw new LinkException(LinkFault.Offline, $"There is no connection: {Fault}");

        await session.PublishAsync(Topics.Of(device, message.Channel), message.Payload, retain: false, stop);
    }

    /// <summary>Connects, and connects again, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await LiveAsync(stop);
            }
            catch (BrokenLinkException e)
            {
                Fault = e.Message;
                var pause = _pace.Next(time.GetElapsedTime(began), e.Reason is "taken-over");
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                _session = null;
            }
        }
    }

    async Task LiveAsync(CancellationToken stop)
    {
        using var files = LinkFiles.Read(options);
        var stream = new MqttStream(new LinkDialer(options, files, time).OpenAsync, new PacketGuard(PacketBytesMax));
        using var session = new MqttSession(options, options.Protocol is MqttVersion.V311 ? MqttVersion.V311 : MqttVersion.V5, stream, time, Take);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.ConnectTimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        await ConnectAsync(session, files, either.Token, stop);
        var running = session.RunAsync(over.Token);
        try
        {
            if (listening is { IsShared: true } && !session.SharesSubscriptions)
            {
                throw new BrokenLinkException(
                    "no-shared-subscriptions", $"{options.Address} knows no shared subscriptions: let the instances of the hub part the devices among themselves.");
            }

            foreach (var filter in listening?.Filters ?? [Topics.UpOfAll]) await session.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, stop);
            _session = session;
            Connected?.Invoke();
            await running;
        }
        catch (LinkException e)
        {
            throw e.InnerException as BrokenLinkException ?? new BrokenLinkException("closed", e.Message, e);
        }
        finally
        {
            _session = null;
            await over.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ConnectAsync(MqttSession session, LinkFiles files, CancellationToken timely, CancellationToken stop)
    {
        try
        {
            await session.ConnectAsync(Connect(files), timely);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new BrokenLinkException("timeout", $"{options.Address} did not take the connection within {options.ConnectTimeoutSeconds} s.", e);
        }
    }

    MqttConnectPacket Connect(LinkFiles files) => new()
    {
        ClientId = listening is null ? user : $"{user}/{listening.Client}",
        Username = options.User ?? (files.Password is null ? null : user),
        Password = files.Password is { } password ? Encoding.UTF8.GetBytes(password) : null,
        KeepAlivePeriod = (ushort)options.KeepAliveSeconds,
        CleanSession = listening is { IsBrief: true } || options.SessionExpirySeconds == 0,
        SessionExpiryInterval = listening is { IsBrief: true } ? 0 : (uint)options.SessionExpirySeconds,
        MaximumPacketSize = PacketBytesMax,
        ReceiveMaximum = ReceiveMax,
    };

    void Take(MqttPublishPacket packet)
    {
        if (packet.Payload.Length > Topics.PayloadBytesMax || !Topics.TryParse(packet.Topic ?? "", out var device, out UpChannel channel))
            Interlocked.Increment(ref _ignored);
        else
            Handle(new Heard(device, new UpMessage(channel, packet.Payload.ToArray())));
    }

    /// <summary>What cannot be handled now, as on a full disk, was not acknowledged: over the next connection it comes again.</summary>
    void Handle(Heard heard)
    {
        try
        {
            Received?.Invoke(heard);
        }
#pragma warning disable CA1031 // whatever a handler breaks on costs this connection, and not the loop that makes the next one
        catch (Exception e) when (e is not BrokenLinkException)
#pragma warning restore CA1031
        {
            throw new BrokenLinkException("handler-fault", $"A message of {heard.Device} on '{Topics.Word(heard.Message.Channel)}' could not be handled: {e.Message}", e);
        }
    }
}
