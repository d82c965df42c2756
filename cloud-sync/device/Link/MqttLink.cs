using System.Buffers;
using System.Text;
using EdgeFace.Wire;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeFace.Link;

/// <summary>The connection to any MQTT broker, 5 or 3.1.1. Of MQTT it needs QoS 1 and nothing else.</summary>
sealed class MqttLink : ILink
{
    /// <summary>A payload and what a packet has beside it: topic, properties.</summary>
    const int PacketBytesMax = Topics.PayloadBytesMax + 4096;

    /// <summary>Messages that a broker may send before it has the answer to the first.</summary>
    const ushort ReceiveMax = 64;

    /// <summary>Connections with version 5 that were closed without a word, in a row, before 3.1.1 is tried.</summary>
    const int ClosedMax = 3;
    const string FilesChanged = "files-changed";

    static readonly TimeSpan ClockPause = TimeSpan.FromSeconds(1), FilesPause = TimeSpan.FromSeconds(5), Goodbye = TimeSpan.FromSeconds(2);

    /// <summary>After a connection, in which a broker sends what it had queued.</summary>
    static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    readonly MqttLinkOptions _options;
    readonly string _device;
    readonly TimeProvider _time;
    readonly Func<bool> _clockTrusted;
    readonly ReconnectPace _pace;
    MqttVersion _version;
    bool _knows311;
    int _closed;
    long _ignored, _onlineAt;
    volatile MqttSession? _session;

    /// <param name="options">Where to and how.</param>
    /// <param name="device">Its name: topics, client identifier, and user name unless the options have another.</param>
    /// <param name="time">What waits are measured with, and certificates against.</param>
    /// <param name="clockTrusted">Whether the wall clock may be believed: without it no certificate can be judged.</param>
    /// <exception cref="ArgumentException">The options or the name are wrong; all that is wrong stands in the message.</exception>
    public MqttLink(MqttLinkOptions options, string device, TimeProvider time, Func<bool> clockTrusted)
    {
        string[] faults = [.. options.Faults()];
        if (faults.Length > 0) throw new ArgumentException(string.Join(" ", faults), nameof(options));
        if (!Topics.IsDevice(device))
            throw new ArgumentException($"'{device}' is no name of a device: 1 to 64 letters, digits, dots, dashes and underscores.", nameof(device));

        (_options, _device, _time, _clockTrusted) = (options, device, time, clockTrusted);
        _pace = new ReconnectPace(
            TimeSpan.FromSeconds(options.BackoffSecondsMin), TimeSpan.FromSeconds(options.BackoffSecondsMax), Random.Shared);
        _version = options.Protocol is MqttVersion.V311 ? MqttVersion.V311 : MqttVersion.V5;
    }

    public int PayloadBytesMax => Topics.PayloadBytesMax;

    public LinkState State { get; private set; } = new(LinkStatus.Idle);

    public Action<LinkState>? Changed { get; set; }

    public Action<DownMessage>? Received { get; set; }

    public long Ignored => Interlocked.Read(ref _ignored);

    /// <summary>
    /// Topics outside the protocol that are read as well, where the broker lets it be: another program's, as Home Assistant's. Set
    /// before <see cref="RunAsync"/>. They bear no time and no signature, so only what is said while the device listens counts:
    /// they are read with QoS 0, and what was retained, or comes within 5 s of a connection, is ignored.
    /// </summary>
    public IReadOnlyList<string> AlsoReads { get; set; } = [];

    /// <summary>Hears topic and payload of those, on the link's thread; must not block.</summary>
    public Action<string, ReadOnlyMemory<byte>>? AlsoReceived { get; set; }

    public Task SendAsync(UpMessage message, CancellationToken stop) =>
        PublishAsync(Topics.Of(_device, message.Channel), message.Payload, message.Channel is UpChannel.Presence, stop);

    /// <summary>As <see cref="SendAsync"/>, to any topic: for what other programs read.</summary>
    /// <exception cref="LinkException">As of <see cref="SendAsync"/>.</exception>
    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken stop)
    {
        if (_session is not { } session) throw new LinkException(LinkFault.Offline, $"There is no connection: {State.Message}");

        await session.PublishAsync(topic, payload, retain, stop);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (_options.Tls && !_clockTrusted()) await HoldAsync(stop);
                else await AttemptAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Set(new LinkState(LinkStatus.Idle));
        }
    }

    async Task HoldAsync(CancellationToken stop)
    {
        Set(new LinkState(LinkStatus.Idle, "clock-untrusted",
            "The wall clock is not set, so that no certificate can be judged: the link waits for the time, the door works on."));
        await Task.Delay(ClockPause, _time, stop);
    }

    async Task AttemptAsync(CancellationToken stop)
    {
        Set(new LinkState(LinkStatus.Connecting));
        long? online = null;
        BrokenLinkException end;
        try
        {
            using var files = LinkFiles.Read(_options);
            var stamp = LinkFiles.Stamp(_options);
            var dialer = new LinkDialer(_options, files, _time);
            var stream = new MqttStream(dialer.OpenAsync, new PacketGuard(PacketBytesMax));
            using var session = new MqttSession(_options, _version, stream, _time, Take);
            await ConnectAsync(session, files, stop);
            await LiveAsync(session, stamp, () => online = _time.GetTimestamp(), stop);
            return;
        }
        catch (BrokenLinkException e)
        {
            end = e;
        }
        finally
        {
            _session = null;
        }

        if (_options.Protocol is MqttVersion.Newest) Choose(online is not null, end.Reason);
        var lasted = online is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;
        var pause = end.Reason is FilesChanged ? TimeSpan.Zero : _pace.Next(lasted, takenOver: end.Reason is "taken-over");
        Set(new LinkState(LinkStatus.Offline, end.Reason, end.Message));
        await Task.Delay(pause, _time, stop);
    }

    /// <summary>
    /// The version of the next attempt. Brokers that do not know 5 answer it in many ways, and some just close. But a network that
    /// closes once must not cost a device what 5 has to say: that has to happen some times in a row, and 5 is tried again.
    /// </summary>
    void Choose(bool wasOnline, string reason)
    {
        if (wasOnline)
        {
            _knows311 |= _version is MqttVersion.V311;
            (_version, _closed) = (MqttVersion.V5, 0);
        }
        else if (_version is MqttVersion.V311)
        {
            if (reason is "refused-version" or "malformed-packet" or "closed") _version = MqttVersion.V5;
        }
        else if (reason is "refused-version" or "malformed-packet" || reason is "closed" && (++_closed >= ClosedMax || _knows311))
        {
            (_version, _closed) = (MqttVersion.V311, 0);
        }
    }

    async Task ConnectAsync(MqttSession session, LinkFiles files, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(_options.ConnectTimeoutSeconds), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            await session.ConnectAsync(Connect(files), either.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new BrokenLinkException("timeout",
                $"{_options.Address} did not take the connection within {_options.ConnectTimeoutSeconds} s (connect_timeout_seconds).", e);
        }
    }

    /// <summary>Until the connection breaks, the files change, or it is told to stop: then it says goodbye first.</summary>
    async Task LiveAsync(MqttSession session, string stamp, Action opened, CancellationToken stop)
    {
        using var over = new CancellationTokenSource(); // not under stop: the goodbye needs the session
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, over.Token);
        var running = session.RunAsync(over.Token);
        var greeting = GreetAsync(session, stamp, opened, either.Token);
        try
        {
            await Task.WhenAny(running, greeting);
            if (running.IsFaulted) await running;
            await greeting;
        }
        finally
        {
            _session = null;
            if (!running.IsCompleted) await LeaveAsync(session);
            await over.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await greeting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Subscribes, says that it is there, and watches the files from then on.</summary>
    async Task GreetAsync(MqttSession session, string stamp, Action opened, CancellationToken stop)
    {
        try
        {
            await session.SubscribeAsync(Topics.DownOf(_device), MqttQualityOfServiceLevel.AtLeastOnce, stop);
            await PresentAsync(session, PresenceStatus.Online, stop);
            foreach (var filter in AlsoReads) await TryReadAsync(session, filter, stop);
        }
        catch (LinkException e)
        {
            throw e.InnerException as BrokenLinkException
                ?? new BrokenLinkException(e.Fault is LinkFault.Denied ? "denied-publish" : "closed", e.Message, e);
        }

        opened();
        Volatile.Write(ref _onlineAt, _time.GetTimestamp());
        _session = session;
        Set(new LinkState(LinkStatus.Online));
        while (LinkFiles.Stamp(_options) == stamp || !Usable()) await Task.Delay(FilesPause, _time, stop);

        throw new BrokenLinkException(FilesChanged, "Certificates, keys or the password changed: the connection is made anew with them.");
    }

    /// <summary>What is not of the protocol may be refused: the link stands without it.</summary>
    static async Task TryReadAsync(MqttSession session, string filter, CancellationToken stop)
    {
        try
        {
            await session.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtMostOnce, stop);
        }
        catch (BrokenLinkException e) when (e.Reason is "denied-subscription")
        {
            // Whoever wants it gives the device that right.
        }
    }

    /// <summary>Half of a pair may be written yet: the connection that stands is not given up for one that cannot be made.</summary>
    bool Usable()
    {
        try
        {
            LinkFiles.Read(_options).Dispose();
            return true;
        }
        catch (BrokenLinkException)
        {
            return false;
        }
    }

    async Task LeaveAsync(MqttSession session)
    {
        using var late = new CancellationTokenSource(Goodbye, _time);
        try
        {
            await PresentAsync(session, PresenceStatus.Offline, late.Token);
            await session.DisconnectAsync();
        }
        catch (Exception e) when (e is LinkException or BrokenLinkException or OperationCanceledException)
        {
            // The last will says it.
        }
    }

    Task PresentAsync(MqttSession session, PresenceStatus status, CancellationToken stop) => session.PublishAsync(
        Topics.Of(_device, UpChannel.Presence), new PresenceDocument(status, _time.GetUtcNow()).ToJson(), retain: true, stop);

    MqttConnectPacket Connect(LinkFiles files) => new()
    {
        ClientId = _device,
        Username = _options.User ?? (files.Password is null ? null : _device),
        Password = files.Password is { } password ? Encoding.UTF8.GetBytes(password) : null,
        KeepAlivePeriod = (ushort)_options.KeepAliveSeconds,
        CleanSession = _options.SessionExpirySeconds == 0,
        SessionExpiryInterval = (uint)_options.SessionExpirySeconds,
        MaximumPacketSize = PacketBytesMax,
        ReceiveMaximum = ReceiveMax,
        WillFlag = true,
        WillTopic = Topics.Of(_device, UpChannel.Presence),
        WillMessage = new PresenceDocument(PresenceStatus.Offline).ToJson(),
        WillQoS = MqttQualityOfServiceLevel.AtLeastOnce,
        WillRetain = true,
    };

    void Take(MqttPublishPacket packet)
    {
        var topic = packet.Topic ?? "";
        if (packet.Payload.Length > PayloadBytesMax)
            Interlocked.Increment(ref _ignored);
        else if (Topics.TryParse(topic, out var device, out DownChannel channel) && device == _device)
            Received?.Invoke(new DownMessage(channel, packet.Payload.ToArray(), packet.Retain));
        else if (AlsoReads.Contains(topic) && IsLive(packet))
            AlsoReceived?.Invoke(topic, packet.Payload.ToArray());
        else
            Interlocked.Increment(ref _ignored);
    }

    /// <summary>It was said now: a broker keeps QoS 1 for who is away, and some keep QoS 0 as well.</summary>
    bool IsLive(MqttPublishPacket packet) =>
        !packet.Retain && packet.QualityOfServiceLevel is MqttQualityOfServiceLevel.AtMostOnce
        && _session is not null && _time.GetElapsedTime(Volatile.Read(ref _onlineAt)) >= Settling;

    void Set(LinkState state)
    {
        if (State == state) return;

        State = state;
        Changed?.Invoke(state);
    }
}
