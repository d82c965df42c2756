using System.Text;
using EdgeFace.Wire;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeFace.Link;

/// <summary>
/// One connection to a broker, from its CONNECT to its end. Packets are read and handled one at a time on one loop, so that a
/// broker that sends faster than the device takes fills its own buffers and not the device's memory.
/// </summary>
sealed class MqttSession : IDisposable
{
    /// <summary>Of a packet beside topic and payload.</summary>
    const int PacketOverhead = 16;

    readonly MqttLinkOptions _options;
    readonly TimeProvider _time;
    readonly MqttChannelAdapter _adapter;
    readonly Action<MqttPublishPacket> _received;
    readonly Inflight _inflight;
    readonly CancellationTokenSource _ended = new();
    readonly CancellationToken _over;
    readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile TaskCompletionSource _pong = new();
    int _keepAliveSeconds;
    uint? _packetBytesMax;

    public MqttSession(
        MqttLinkOptions options, MqttVersion version, MqttStream stream, TimeProvider time, Action<MqttPublishPacket> received)
    {
        _options = options;
        _time = time;
        _received = received;
        _over = _ended.Token;
        _inflight = new Inflight(options.InflightMax);
        _keepAliveSeconds = options.KeepAliveSeconds;
        Version = version;
        var formatter = new MqttPacketFormatterAdapter(
            version is MqttVersion.V311 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500, new MqttBufferWriter(4096, 65_536));
        _adapter = new MqttChannelAdapter(stream, formatter, MqttNetNullLogger.Instance);
    }

    public MqttVersion Version { get; }

    /// <summary>Whether a subscription may be one of several clients together (MQTT 5); known once it is connected.</summary>
    public bool SharesSubscriptions { get; private set; }

    /// <summary>The largest payload that this broker takes on a topic.</summary>
    int PayloadMost(string topic) =>
        (int)Math.Clamp((_packetBytesMax ?? uint.MaxValue) - (long)Encoding.UTF8.GetByteCount(topic) - PacketOverhead, 0, Topics.PayloadBytesMax);

    /// <exception cref="BrokenLinkException">It was not made.</exception>
    public async Task ConnectAsync(MqttConnectPacket connect, CancellationToken stop)
    {
        try
        {
            await _adapter.ConnectAsync(stop);
            await _adapter.SendPacketAsync(connect, stop);
            Take(await ReceiveAsync(stop) as MqttConnAckPacket
                ?? throw new BrokenLinkException("malformed-packet", $"{_options.Address} answered CONNECT with something else."));
        }
#pragma warning disable CA1031 // the network and the packet reader throw whatever they like; all of it means one thing
        catch (Exception e)
#pragma warning restore CA1031
        {
            stop.ThrowIfCancellationRequested();
            throw BrokenLinkException.Of(e, _options.Address);
        }
    }

    /// <summary>Reads, and asks whether the other side is still there, until the connection breaks or it is told to stop.</summary>
    /// <exception cref="BrokenLinkException">It broke.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _over);
        Task[] all = [ReadAsync(either.Token), PingAsync(either.Token), _broken.Task];
        var first = await Task.WhenAny(all);
        _inflight.Fail(first.Exception?.InnerException as BrokenLinkException);
        await _ended.CancelAsync();
        _adapter.Dispose(); // ends a read that waits
        foreach (var each in all[..2]) await each.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!first.IsCanceled) await first;
    }

    /// <exception cref="BrokenLinkException">The broker does not take it.</exception>
    public async Task SubscribeAsync(string filter, MqttQualityOfServiceLevel quality, CancellationToken stop)
    {
        var packet = new MqttSubscribePacket
        {
            TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = quality, RetainAsPublished = true }],
        };
        var answer = (MqttSubAckPacket)await AskAsync(packet, stop);
        if (answer.ReasonCodes is [<= MqttSubscribeReasonCode.GrantedQoS2 and var granted])
        {
            if ((int)granted == (int)quality) return;

            throw new BrokenLinkException("denied-subscription", $"{_options.Address} grants {filter} with {granted}; QoS {(int)quality} is needed.");
        }

        throw new BrokenLinkException("denied-subscription",
            $"{_options.Address} does not let this device read {filter}: {string.Join(", ", answer.ReasonCodes)} {answer.ReasonString}. "
            + "Give it that right in the broker's access list.");
    }

    /// <summary>Ends when the broker has acknowledged it.</summary>
    /// <exception cref="LinkException">It is too large for this broker, was not acknowledged, or was refused.</exception>
    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken stop)
    {
        var most = PayloadMost(topic);
        if (payload.Length > most) throw new LinkException(LinkFault.TooLarge, $"A message for {topic} has {payload.Length} bytes; at most {most} fit.");

        var answer = (MqttPubAckPacket)await AskAsync(new MqttPublishPacket
        {
            Topic = topic,
            Payload = new(payload),
            Retain = retain,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        }, stop);
        if (MqttReasons.Of(answer, topic) is { } refusal) throw refusal;
    }

    /// <summary>Says goodbye, so that the last will stays unsaid.</summary>
    public Task DisconnectAsync() => WriteAsync(new MqttDisconnectPacket());

    public void Break(BrokenLinkException cause) => _broken.TrySetException(cause);

    public void Dispose()
    {
        _ended.Cancel();
        _inflight.Fail(null);
        _adapter.Dispose();
        _ended.Dispose();
        _ = _broken.Task.Exception; // seen, where nobody ran the session
    }

    async Task<MqttPacket> AskAsync(MqttPacketWithIdentifier packet, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _over);
        Task<MqttPacket> answer;
        try
        {
            (packet.PacketIdentifier, answer) = await _inflight.EnterAsync(packet is MqttSubscribePacket, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new LinkException(LinkFault.Offline, "The connection ended before the message was sent.");
        }

        try
        {
            await WriteAsync(packet);
            return await answer.WaitAsync(TimeSpan.FromSeconds(_options.AckTimeoutSeconds), _time, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // What ended it is known to whoever waits, though the end itself may be heard first.
            throw answer.Exception?.InnerException as LinkException
                ?? new LinkException(LinkFault.Unanswered, "The connection ended before the message was acknowledged.");
        }
        catch (Exception e) when (e is BrokenLinkException or TimeoutException)
        {
            var cause = e as BrokenLinkException ?? new BrokenLinkException(
                "timeout", $"{_options.Address} did not acknowledge a message within {_options.AckTimeoutSeconds} s (ack_timeout_seconds).", e);
            Break(cause);
            throw new LinkException(LinkFault.Unanswered, cause.Message, cause);
        }
    }

    /// <summary>
    /// Not stopped half way, which would leave half a packet on the wire: it ends with the session, or where the other
    /// side takes nothing for too long.
    /// </summary>
    async Task WriteAsync(MqttPacket packet)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(_options.AckTimeoutSeconds), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _over);
        try
        {
            await _adapter.SendPacketAsync(packet, either.Token);
        }
#pragma warning disable CA1031 // the network and the packet writer throw whatever they like; all of it means one thing
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw BrokenLinkException.Of(late.IsCancellationRequested ? new TimeoutException() : e, _options.Address);
        }
    }

    async Task ReadAsync(CancellationToken stop)
    {
        while (true)
        {
            switch (await ReceiveAsync(stop))
            {
                case MqttPublishPacket { QualityOfServiceLevel: <= MqttQualityOfServiceLevel.AtLeastOnce } message:
                    _received(message);
                    if (message.QualityOfServiceLevel is MqttQualityOfServiceLevel.AtLeastOnce)
                        await WriteAsync(new MqttPubAckPacket { PacketIdentifier = message.PacketIdentifier });
                    break;
                case MqttPubAckPacket answer:
                    Answer(answer, ofSubscribe: false);
                    break;
                case MqttSubAckPacket answer:
                    Answer(answer, ofSubscribe: true);
                    break;
                case MqttPingRespPacket:
                    _pong.TrySetResult();
                    break;
                case MqttDisconnectPacket goodbye:
                    throw MqttReasons.Of(goodbye, _options.Address);
                case var other:
                    throw new BrokenLinkException("malformed-packet", $"{_options.Address} sent a packet that no broker may send now: {other.GetType().Name}.");
            }
        }
    }

    void Answer(MqttPacketWithIdentifier packet, bool ofSubscribe)
    {
        if (!_inflight.Answer(packet.PacketIdentifier, ofSubscribe, packet))
            throw new BrokenLinkException("malformed-packet", $"{_options.Address} acknowledged message {packet.PacketIdentifier}, which was not sent.");
    }

    async Task<MqttPacket> ReceiveAsync(CancellationToken stop)
    {
        try
        {
            return await _adapter.ReceivePacketAsync(stop)
                ?? throw new BrokenLinkException("closed", $"{_options.Address} closed the connection. Its own log says why.");
        }
#pragma warning disable CA1031 // a packet reader meets whatever a hostile broker thinks of; all of it ends the connection, and only that
        catch (Exception e)
#pragma warning restore CA1031
        {
            stop.ThrowIfCancellationRequested();
            throw BrokenLinkException.Of(e, _options.Address);
        }
    }

    async Task PingAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(_keepAliveSeconds / 2.0), _time, stop);
            var pong = _pong = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await WriteAsync(MqttPingReqPacket.Instance);
            try
            {
                await pong.Task.WaitAsync(TimeSpan.FromSeconds(_options.AckTimeoutSeconds), _time, stop);
            }
            catch (TimeoutException e)
            {
                throw new BrokenLinkException(
                    "timeout", $"{_options.Address} did not answer within {_options.AckTimeoutSeconds} s whether it is still there (ack_timeout_seconds).", e);
            }
        }
    }

    void Take(MqttConnAckPacket answer)
    {
        if (MqttReasons.Of(answer, Version, _options) is { } refusal) throw refusal;
        if (answer.ServerKeepAlive > 0) _keepAliveSeconds = answer.ServerKeepAlive;
        if (answer.ReceiveMaximum > 0) _inflight.Narrow(answer.ReceiveMaximum);
        if (answer.MaximumPacketSize > 0) _packetBytesMax = answer.MaximumPacketSize;
        SharesSubscriptions = Version is MqttVersion.V5 && answer.SharedSubscriptionAvailable;
    }
}
