using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeFace.Tests.IotHub;

/// <summary>One device's connection to the simulated hub, after CONNECT was found right.</summary>
sealed partial class HubConnection(SimulatedHub hub, HubDevice device, MqttConnect connect, Peer peer)
{
    const int SubscriptionsMax = 5, TelemetryBytesMax = 256 * 1024, KeepAliveSecondsMax = 1177;
    const string TwinAnswers = "$iothub/twin/res/#", Desired = "$iothub/twin/PATCH/properties/desired/#", Methods = "$iothub/methods/POST/#";

    ushort _number;

    string ToDevice => $"devices/{device.Id}/messages/devicebound/#";

    public static string TelemetryOf(string device) => $"devices/{device}/messages/events/";

    public async Task RunAsync(CancellationToken stop)
    {
        var hadSession = Begin();
        await peer.SendAsync(MqttPacket.Write(0x20, hadSession ? (byte)1 : (byte)0, 0));
        var saidGoodbye = false;
        try
        {
            await DeliverAsync();
            saidGoodbye = await ReadAsync(stop);
        }
        catch (ProtocolException e)
        {
            hub.Faults.Enqueue(e.Message);
        }
        finally
        {
            lock (device.Guard)
            {
                if (device.Connection == this) device.Connection = null;
            }

            if (!saidGoodbye && connect.WillTopic is { } will) Keep(will, connect.WillPayload, isWill: true, connect.WillRetain);
        }
    }

    /// <summary>Ends it, as the network would, or as the hub does for another client.</summary>
    public void Cut() => peer.Cut();

    public async Task DeliverAsync()
    {
        List<byte[]> packets = [];
        lock (device.Guard)
        {
            if (!device.Subscriptions.TryGetValue(ToDevice, out var quality)) return;
            foreach (var message in device.Pending.Where(message => message.Number == 0).ToArray())
            {
                message.Number = NextNumber();
                var topic = $"devices/{device.Id}/messages/devicebound/{message.Bag}";
                packets.Add(MqttPacket.Publish(topic, message.Payload, quality, message.Number, message.WasSent));
                message.WasSent = true;
                if (quality == 0) device.Pending.Remove(message);
            }
        }

        foreach (var packet in packets) await peer.SendAsync(packet);
    }

    public Task TellDesiredAsync(string patch) => SendAsync(
        Desired, $"$iothub/twin/PATCH/properties/desired/?$version={JsonNode.Parse(patch)?["$version"]}", Encoding.UTF8.GetBytes(patch));

    /// <summary>False where the device takes no methods.</summary>
    public Task<bool> CallAsync(string method, string request, string payload) =>
        SendAsync(Methods, $"$iothub/methods/POST/{method}/?$rid={request}", Encoding.UTF8.GetBytes(payload));

    bool Begin()
    {
        HubConnection? other;
        bool hadSession;
        lock (device.Guard)
        {
            other = device.Connection;
            device.Connection = this;
            device.Connects.Enqueue(connect.Password ?? "");
            if (connect.CleanSession)
            {
                device.Subscriptions.Clear();
                device.Pending.Clear();
            }

            hadSession = device.Subscriptions.Count > 0;
            foreach (var message in device.Pending) message.Number = 0;
        }

        if (other is not null) hub.Faults.Enqueue($"400027: a second connection of '{device.Id}'");
        other?.Cut();
        return hadSession;
    }

    async Task<bool> ReadAsync(CancellationToken stop)
    {
        var alive = TimeSpan.FromSeconds(1.5 * (connect.KeepAliveSeconds is 0 ? KeepAliveSecondsMax : Math.Min(connect.KeepAliveSeconds, KeepAliveSecondsMax)));
        while (true)
        {
            MqttPacket? packet;
            try
            {
                packet = await MqttPacket.ReadAsync(peer.Stream, TelemetryBytesMax + 70_000, stop).WaitAsync(alive, stop);
            }
            catch (TimeoutException)
            {
                throw new ProtocolException($"nothing came for {alive.TotalSeconds} s, one and a half times keep-alive");
            }

            switch (packet?.Kind)
            {
                case null:
                    return false;
                case 3:
                    await TakeAsync(packet.Value);
                    break;
                case 4:
                    Acknowledge(new MqttFields(packet.Value.Body).Number());
                    break;
                case 8 or 10:
                    await SubscribeAsync(packet.Value);
                    break;
                case 12:
                    await peer.SendAsync(MqttPacket.Write(0xD0));
                    break;
                case 14:
                    return true;
                default:
                    throw new ProtocolException($"a packet of the kind {packet?.Kind}");
            }
        }
    }

    async Task SubscribeAsync(MqttPacket packet)
    {
        if (packet.Flags != 2) throw new ProtocolException("SUBSCRIBE or UNSUBSCRIBE with wrong flags");
        var fields = new MqttFields(packet.Body);
        var number = fields.Number();
        if (fields.AtEnd) throw new ProtocolException("SUBSCRIBE of nothing");

        List<byte> granted = [];
        while (!fields.AtEnd)
        {
            var filter = fields.Text();
            if (packet.Kind == 10)
            {
                lock (device.Guard) device.Subscriptions.Remove(filter);
                continue;
            }

            var quality = Math.Min((int)fields.Byte(), 1); // more than 1 is never granted
            var isKnown = filter is TwinAnswers or Desired or Methods || filter == ToDevice;
            if (!isKnown) hub.Faults.Enqueue($"the topic filter '{filter}' is none of the hub's");
            lock (device.Guard)
            {
                // What is refused takes a place as well, or the limit could never be met: the hub's own topics are four.
                device.Subscriptions[filter] = quality;
                if (device.Subscriptions.Count > SubscriptionsMax) throw new ProtocolException($"more than {SubscriptionsMax} subscriptions");
            }

            granted.Add(isKnown ? (byte)quality : (byte)0x80);
        }

        await peer.SendAsync(MqttPacket.Write(packet.Kind == 10 ? (byte)0xB0 : (byte)0x90, [.. MqttPacket.Number(number), .. granted]));
        await DeliverAsync();
    }

    void Acknowledge(ushort number)
    {
        lock (device.Guard) device.Pending.RemoveAll(message => message.Number == number);
    }

    async Task TakeAsync(MqttPacket packet)
    {
        var (quality, isRetained) = (packet.Flags >> 1 & 3, (packet.Flags & 1) != 0);
        if (quality > 1) throw new ProtocolException("a message of quality 2");
        var fields = new MqttFields(packet.Body);
        var topic = fields.Text();
        var number = quality == 1 ? fields.Number() : (ushort)0;
        var payload = fields.Rest();
        if (topic.StartsWith("devices/", StringComparison.Ordinal))
        {
            if (hub.MessagesLeft-- <= 0) throw new ProtocolException("403002: the day's quota of messages is used up");
            Keep(topic, payload, isWill: false, isRetained);
        }

        if (hub.Holding is { } holding) await holding.Task;
        if (number > 0) await peer.SendAsync(MqttPacket.Write(0x40, MqttPacket.Number(number)));
        if (!topic.StartsWith("devices/", StringComparison.Ordinal)) await ActAsync(topic, payload);
    }

    void Keep(string topic, byte[] payload, bool isWill, bool isRetained)
    {
        var own = TelemetryOf(device.Id);
        if (!topic.StartsWith(own, StringComparison.Ordinal)) throw new ProtocolException($"a message on '{topic}'");
        if (payload.Length > TelemetryBytesMax) throw new ProtocolException($"a message of {payload.Length} bytes");

        var bag = new Dictionary<string, string>();
        foreach (var part in topic[own.Length..].TrimEnd('/').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            bag[Uri.UnescapeDataString(pair[0])] = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
        }

        device.Telemetry.Enqueue(new HubTelemetry(bag, payload, isWill, isRetained));
    }

    async Task ActAsync(string topic, byte[] payload)
    {
        if (TwinRequest().Match(topic) is { Success: true } twin) await AnswerTwinAsync(twin.Groups["what"].Value, twin.Groups["rid"].Value, payload);
        else if (MethodAnswer().Match(topic) is { Success: true } answer) Finish(answer, payload);
        else throw new ProtocolException($"a message on '{topic}'");
    }

    async Task AnswerTwinAsync(string what, string request, byte[] payload)
    {
        var (status, rest, body) = (200, "", "");
        lock (device.Guard)
        {
            if (device.TwinStatuses.TryDequeue(out var forced)) (status, body) = (forced, $$"""{"errorCode":{{forced}}000,"message":"as the test wants"}""");
            else if (what == "GET") body = device.Twin.Json();
            else if (device.Twin.Report(payload) is (var outcome, { } fault)) (status, body) = (outcome, new JsonObject { ["errorCode"] = 400000, ["message"] = fault }.ToJsonString());
            else (status, rest) = (204, $"&$version={device.Twin.ReportedVersion}");
        }

        await SendAsync(TwinAnswers, $"$iothub/twin/res/{status}/?$rid={request}{rest}", Encoding.UTF8.GetBytes(body));
    }

    void Finish(Match answer, byte[] payload)
    {
        if (!device.Calls.TryGetValue(answer.Groups["rid"].Value, out var call)) return; // answered too late, or twice
        call.TrySetResult((int.Parse(answer.Groups["status"].Value, CultureInfo.InvariantCulture), Encoding.UTF8.GetString(payload)));
    }

    async Task<bool> SendAsync(string filter, string topic, byte[] payload)
    {
        int quality;
        ushort number;
        lock (device.Guard)
        {
            if (!device.Subscriptions.TryGetValue(filter, out quality)) return false;
            number = NextNumber();
        }

        await peer.SendAsync(MqttPacket.Publish(topic, payload, quality, number));
        return true;
    }

    ushort NextNumber() => _number = _number == ushort.MaxValue ? (ushort)1 : (ushort)(_number + 1);

    [GeneratedRegex(@"^\$iothub/twin/(?<what>GET|PATCH/properties/reported)/\?\$rid=(?<rid>[\w-]+)$")]
    private static partial Regex TwinRequest();

    [GeneratedRegex(@"^\$iothub/methods/res/(?<status>\d+)/\?\$rid=(?<rid>[\w-]+)$")]
    private static partial Regex MethodAnswer();
}
