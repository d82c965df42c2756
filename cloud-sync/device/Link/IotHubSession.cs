using System.Buffers;
using System.Text;
using System.Text.Json;
using EdgeFace.Wire;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeFace.Link;

/// <summary>
/// One connection to a hub: subscribes, reads the whole twin, then passes on what arrives and sends what it is given. Messages are
/// heard one at a time and acknowledged after they were heard; all goes with QoS 1, which is the most a hub takes.
/// </summary>
sealed class IotHubSession : IAsyncDisposable
{
    /// <summary>What a method is answered when the message was taken: what comes of it is reported later, as it may take long.</summary>
    const int Taken = 202, Malformed = 400, UnknownMethod = 404, TooLarge = 413;

    readonly ProvisionedHub _where;
    readonly IotHubOptions _options;
    readonly TimeProvider _time;
    readonly IotHubTwin _twin;
    readonly Lock _twinLock = new();
    readonly IotHubMeter _meter;
    readonly Action<DownMessage> _hear;
    readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    readonly IotHubRequests _requests;
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim _reporting = new(1);
    int _inFlight;

    public IotHubSession(
        ProvisionedHub where, IotHubOptions options, TimeProvider time, IotHubTwin twin, IotHubMeter meter, Action<DownMessage> hear)
    {
        (_where, _options, _time, _twin, _meter, _hear) = (where, options, time, twin, meter, hear);
        _requests = new IotHubRequests(time, AnswerTime);
        _client.ApplicationMessageReceivedAsync += TakeAsync;
        _client.DisconnectedAsync += _ =>
        {
            _ended.TrySetResult();
            return Task.CompletedTask;
        };
    }

    /// <summary>Ends when the connection has.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Messages that are sent and not acknowledged.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    TimeSpan AnswerTime => TimeSpan.FromSeconds(_options.AnswerTimeoutSeconds);

    /// <summary>Connects, subscribes first, and then asks how things stand: in another order a change could pass between.</summary>
    /// <param name="credential">What is shown.</param>
    /// <param name="password">A token, or empty.</param>
    /// <param name="stop">Ends the attempt.</param>
    /// <exception cref="IotHubRefusal">It was not made: why, and what to do.</exception>
    public async Task OpenAsync(IotHubCredential credential, string password, CancellationToken stop)
    {
        var (hub, device) = _where;
        var call = new IotHubCall(
            _options.GatewayHost ?? hub, _options.Port, device, $"{hub}/{device}/?api-version={_options.ApiVersion}", password,
            KeepsSession: true, IotHubTopics.Telemetry(device, UpChannel.Presence));
        lock (_twinLock) _twin.Forget(); // before: the hub remembers subscriptions, and a patch may be the first that comes
        await IotHubDialer.ConnectAsync(_client, call, credential, _options, _time, stop);
        try
        {
            await SubscribeAsync(stop);
            await ReadTwinAsync(stop);
        }
        catch (Exception e) when (e is not IotHubRefusal && IotHubDialer.IsNetwork(e) && !stop.IsCancellationRequested)
        {
            throw Ended.IsCompleted
                ? new IotHubRefusal("closed", $"{hub} closed the connection while '{device}' subscribed and read its twin.", e)
                : IotHubRefusal.OfNetwork(e, hub);
        }
    }

    /// <exception cref="LinkException">It was not acknowledged: what became of it.</exception>
    public async Task SendAsync(UpMessage message, CancellationToken stop)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            if (message.Channel is UpChannel.Reported) await ReportAsync(message.Payload, stop);
            else await PublishAsync(IotHubTopics.Telemetry(_where.DeviceId, message.Channel), message.Payload, stop);
        }
        catch (TimeoutException e)
        {
            throw new LinkException(LinkFault.Unanswered,
                $"{_where.AssignedHub} did not acknowledge a message on '{Topics.Word(message.Channel)}' within {_options.AnswerTimeoutSeconds} s.", e);
        }
        catch (Exception e) when (e is not (LinkException or IotHubRefusal) && IotHubDialer.IsNetwork(e) && !stop.IsCancellationRequested)
        {
            throw new LinkException(LinkFault.Unanswered,
                $"The connection to {_where.AssignedHub} ended before a message on '{Topics.Word(message.Channel)}' was acknowledged. The hub " +
                "also does that when its day's quota is used up.", e);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }

        if (message.Channel is not UpChannel.Reported) _meter.Count(message.Payload.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await IotHubDialer.LeaveAsync(_client, _time);
        _client.Dispose();
        _reporting.Dispose();
    }

    async Task SubscribeAsync(CancellationToken stop)
    {
        // Four of the five that a hub allows.
        string[] filters =
            [$"{IotHubTopics.TwinAnswers}#", $"{IotHubTopics.DesiredPatches}#", $"{IotHubTopics.Methods}#", $"{IotHubTopics.ToDevice(_where.DeviceId)}#"];
        var wanted = new MqttClientSubscribeOptionsBuilder();
        foreach (var filter in filters) wanted.WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        var result = await _client.SubscribeAsync(wanted.Build(), stop).WaitAsync(AnswerTime, _time, stop);
        var denied = result.Items.FirstOrDefault(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2);
        if (denied is null) return;

        throw new IotHubRefusal("denied-subscription",
            $"{_where.AssignedHub} does not let '{_where.DeviceId}' hear {denied.TopicFilter.Topic}. Twins, methods and messages to a device " +
            "need a hub of the standard tier.");
    }

    async Task ReadTwinAsync(CancellationToken stop)
    {
        try
        {
            var answer = await _requests.AskAsync(
                rid => PublishAsync(IotHubTopics.TwinGet(rid), ReadOnlyMemory<byte>.Empty, stop), stop, TakeTwin);
            if (answer.Status != 200) throw IotHubRefusal.OfStatus($"The twin of '{_where.DeviceId}'", answer.Status, answer.RetryAfter);
        }
        catch (JsonException e)
        {
            throw new IotHubRefusal("malformed-answer", $"The twin of '{_where.DeviceId}' cannot be read: {e.Message}", e);
        }
    }

    void TakeTwin(IotHubAnswer answer)
    {
        if (answer.Status != 200) return;

        byte[]? settings;
        lock (_twinLock) settings = _twin.TakeWhole(answer.Payload.Span);
        if (settings is not null) _hear(new DownMessage(DownChannel.Desired, settings));
    }

    async Task ReportAsync(ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        if (payload.Length > IotHubTwin.ReportedBytesMax)
        {
            throw new LinkException(LinkFault.TooLarge,
                $"A twin holds {IotHubTwin.ReportedBytesMax} bytes of reported properties; these are {payload.Length}.");
        }

        await _reporting.WaitAsync(stop); // each patch stands on the one before
        try
        {
            byte[]? patch;
            System.Text.Json.Nodes.JsonNode wanted;
            lock (_twinLock) patch = _twin.PatchTo(payload.Span, out wanted);
            if (patch is null) return;

            var answer = await _requests.AskAsync(rid => PublishAsync(IotHubTopics.ReportedPatch(rid), patch, stop), stop);
            if (answer.Status is not (200 or 204)) throw Refused(answer.Status);
            lock (_twinLock) _twin.Confirm(wanted);
        }
        finally
        {
            _reporting.Release();
        }
    }

    LinkException Refused(int status) => status switch
    {
        429 => new(LinkFault.Unanswered, $"{_where.AssignedHub} throttles updates of twins (429). Send it again later."),
        >= 500 => new(LinkFault.Unanswered, $"{_where.AssignedHub} could not update the twin ({status}). Send it again later."),
        413 => new(LinkFault.TooLarge, $"The twin's reported properties would be larger than the hub takes ({status})."),
        _ => new(LinkFault.Denied,
            $"{_where.AssignedHub} does not take the reported properties ({status}): a text of more than 4 KB, a name with a dot or a dollar, more " +
            "than ten levels, or more than 32 KB in all."),
    };

    async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, CancellationToken stop) => await _client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        },
        stop).WaitAsync(AnswerTime, _time, stop);

    /// <summary>Called for one message at a time; the hub hears that it arrived when this ends.</summary>
    async Task TakeAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var (topic, payload) = (received.ApplicationMessage.Topic, received.ApplicationMessage.Payload.ToArray());
        if (IotHubTopics.TryAnswer(topic, IotHubTopics.TwinAnswers, out var status, out var bag))
        {
            _requests.Answer(status, bag, payload);
        }
        else if (topic.StartsWith(IotHubTopics.DesiredPatches, StringComparison.Ordinal))
        {
            TakePatch(payload);
        }
        else if (IotHubTopics.TryMethod(topic, out var method, out var request))
        {
            await AnswerAsync(method, request, payload);
        }
        else if (IotHubTopics.TryToDevice(topic, _where.DeviceId, out bag)
            && Topics.TryChannel<DownChannel>(bag.GetValueOrDefault(IotHubTopics.ChannelProperty), out var channel)
            && payload.Length <= Topics.PayloadBytesMax)
        {
            _hear(new DownMessage(channel, payload));
        }
        else
        {
            _meter.Ignore();
        }
    }

    void TakePatch(byte[] payload)
    {
        try
        {
            byte[]? settings;
            lock (_twinLock) settings = _twin.TakePatch(payload);
            if (settings is not null) _hear(new DownMessage(DownChannel.Desired, settings));
        }
        catch (JsonException)
        {
            _meter.Ignore();
        }
    }

    async Task AnswerAsync(string method, string request, byte[] payload)
    {
        var (status, message) = Read(method, payload);
        if (message is { } taken) _hear(taken);
        else _meter.Ignore();
        try
        {
            await PublishAsync(
                IotHubTopics.MethodAnswer(status, request), status == Taken ? """{"taken":true}"""u8.ToArray() : """{"taken":false}"""u8.ToArray(), default);
        }
        catch (Exception e) when (IotHubDialer.IsNetwork(e))
        {
            // Who called hears nothing and calls again: what was taken twice is known by its number.
        }
    }

    /// <summary>A signed text is a JSON string there, and what is JSON itself stands as it is.</summary>
    static (int Status, DownMessage? Message) Read(string method, byte[] payload)
    {
        if (!Topics.TryChannel<DownChannel>(method, out var channel)) return (UnknownMethod, null);
        if (payload.Length > Topics.PayloadBytesMax) return (TooLarge, null);

        try
        {
            using var json = JsonDocument.Parse(payload);
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.String => (Taken, new DownMessage(channel, Encoding.UTF8.GetBytes(json.RootElement.GetString() ?? ""))),
                JsonValueKind.Object => (Taken, new DownMessage(channel, payload)),
                _ => (Malformed, null),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // half a surrogate pair is the latter
        {
            return (Malformed, null);
        }
    }
}
