using System.Text;
using EdgeFace.Wire;
using MQTTnet;

namespace EdgeFace.Tests.Link;

/// <summary>
/// Every device tries to write to every topic, and to read every topic and wildcard; what arrived anywhere is counted, not
/// what the broker said of it.
/// </summary>
/// <param name="hub">Reads what all devices say.</param>
/// <param name="devices">By name, connected.</param>
/// <param name="saysWhy">MQTT 5: what the broker says it took counts as a leak, too. In 3.1.1 every message is acknowledged.</param>
sealed class AccessMatrix(PlainClient hub, IReadOnlyDictionary<string, PlainClient> devices, bool saysWhy)
{
    const string Mark = "the end";

    static readonly string[] Wildcards =
    [
        "#", "+", "+/#", "edgeface/#", "edgeface/1/#", "edgeface/1/+/#", "edgeface/1/+/up/#", "edgeface/1/+/down/#", "edgeface/1/+/down/+",
        "edgeface/+/+/+/commands", "+/+/+/+/+", "$SYS/#", "$SYS/broker/uptime", "$share/all/edgeface/1/+/up/#", "$share/all/#",
    ];

    string[] Topics => [.. devices.Keys.SelectMany(device =>
        Enum.GetValues<UpChannel>().Select(channel => EdgeFace.Wire.Topics.Of(device, channel)).Concat(
        Enum.GetValues<DownChannel>().Select(channel => EdgeFace.Wire.Topics.Of(device, channel))))];

    string[] Odd => ["edgeface", "edgeface/1", "edgeface/2/door-1/up/events", "other", "$SYS/broker/uptime",
        .. devices.Keys.SelectMany(device => (string[])[$"edgeface/1/{device}", $"edgeface/1/{device}/up", $"edgeface/1/{device}/side/events", $"/edgeface/1/{device}/up/events"])];

    /// <summary>Each device writes to all topics; the hub and the devices say what they heard.</summary>
    public async Task<AccessCount> WriteAsync()
    {
        await hub.SubscribeAsync(EdgeFace.Wire.Topics.UpOfAll);
        foreach (var (name, device) in devices) await device.SubscribeAsync(EdgeFace.Wire.Topics.DownOf(name));

        string[] topics = [.. Topics, .. Odd];
        var (tried, taken) = (0, new List<string>());
        foreach (var (name, device) in devices)
        {
            foreach (var topic in topics)
            {
                tried++;
                var answer = await device.PublishAsync(topic, Encoding.UTF8.GetBytes(name));
                if (saysWhy && answer < MqttClientPublishReasonCode.UnspecifiedError) taken.Add($"{name}>{topic}");
            }
        }

        // Behind all others: once these have arrived, nothing more is on its way.
        foreach (var (name, device) in devices)
        {
            await device.PublishAsync(EdgeFace.Wire.Topics.Of(name, UpChannel.Events), Encoding.UTF8.GetBytes(Mark));
            await hub.PublishAsync(EdgeFace.Wire.Topics.Of(name, DownChannel.Heads), Encoding.UTF8.GetBytes(Mark));
        }

        await Eventually.TrueAsync(() => hub.Heard.Count(IsMark) == devices.Count && devices.Values.All(device => device.Heard.Any(IsMark)));
        string[] arrived = [.. devices.Values.Append(hub).SelectMany(client => client.Heard).Where(heard => !IsMark(heard))
            .Select(heard => $"{Encoding.UTF8.GetString(heard.Payload)}>{heard.Topic}")];
        return new AccessCount(tried,
            [.. arrived.Concat(taken).Distinct().Where(each => IsOwn(each, "up"))],
            [.. arrived.Concat(taken).Distinct().Where(each => !IsOwn(each, "up") && !IsOwnRoot(each))]);
    }

    /// <summary>Each device subscribes to all topics; everybody says what he may, and the devices say what they heard.</summary>
    public async Task<AccessCount> ReadAsync()
    {
        foreach (var device in devices.Values) device.Heard.Clear();
        var tried = 0;
        foreach (var device in devices.Values)
        {
            foreach (var filter in (string[])[.. Topics, .. Wildcards])
            {
                tried++;
                await device.SubscribeAsync(filter);
            }
        }

        foreach (var device in devices.Keys)
        {
            foreach (var channel in Enum.GetValues<DownChannel>()) await hub.PublishAsync(EdgeFace.Wire.Topics.Of(device, channel), [1]);
            foreach (var channel in Enum.GetValues<UpChannel>())
                await devices[device].PublishAsync(EdgeFace.Wire.Topics.Of(device, channel), [1], retain: channel is UpChannel.Presence);
        }

        foreach (var device in devices.Keys) await hub.PublishAsync(EdgeFace.Wire.Topics.Of(device, DownChannel.Trust), Encoding.UTF8.GetBytes(Mark));
        await Eventually.TrueAsync(() => devices.Values.All(device => device.Heard.Any(IsMark)));
        string[] heard = [.. devices.SelectMany(device => device.Value.Heard.Select(got => $"{device.Key}>{got.Topic}")).Distinct()];
        return new AccessCount(tried, [.. heard.Where(each => IsOwn(each, "down"))], [.. heard.Where(each => !IsOwn(each, "down"))]);
    }

    static bool IsMark((string Topic, byte[] Payload, bool Retained) heard) => Encoding.UTF8.GetString(heard.Payload) == Mark;

    /// <summary>The pattern up/# has up itself in it (MQTT 5, 4.7.1.2): a topic of the device's own, where nobody listens.</summary>
    static bool IsOwnRoot(string each) => each.Split('>') is [var name, var topic] && topic == $"edgeface/1/{name}/up";

    static bool IsOwn(string each, string way) => each.Split('>') is [var name, var topic] && topic.StartsWith($"edgeface/1/{name}/{way}/", StringComparison.Ordinal);
}

/// <param name="Tried">Messages or subscriptions.</param>
/// <param name="Own">What came of them that a device has a right to.</param>
/// <param name="Leaks">What else came of them.</param>
sealed record AccessCount(int Tried, string[] Own, string[] Leaks)
{
    public override string ToString() => $"{Tried} tried, {Own.Length} by right, {Leaks.Length} leaks";
}
