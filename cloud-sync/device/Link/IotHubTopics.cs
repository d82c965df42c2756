using System.Globalization;
using System.Text;
using EdgeFace.Wire;

namespace EdgeFace.Link;

/// <summary>
/// The topics of Azure IoT Hub's MQTT protocol, as its vendor documents them (MQTT 3.1.1, api-version 2021-04-12), and the bags
/// of properties in them: <c>key=value&amp;key=&amp;key</c>, each part escaped; a name that begins with "$." is the hub's own.
/// </summary>
static class IotHubTopics
{
    /// <summary>The property that says which of our channels a message belongs to.</summary>
    public const string ChannelProperty = "channel";
    public const string TwinAnswers = "$iothub/twin/res/", DesiredPatches = "$iothub/twin/PATCH/properties/desired/";
    public const string Methods = "$iothub/methods/POST/", ProvisioningAnswers = "$dps/registrations/res/";

    public static string Telemetry(string device, UpChannel channel) =>
        // Only what is declared as JSON in UTF-8 can be routed by what stands in it.
        $"devices/{device}/messages/events/{Bag(($"{ChannelProperty}", Topics.Word(channel)), ("$.ct", "application/json"), ("$.ce", "utf-8"))}/";

    public static string ToDevice(string device) => $"devices/{device}/messages/devicebound/";

    public static string TwinGet(string request) => $"$iothub/twin/GET/?$rid={request}";

    public static string ReportedPatch(string request) => $"$iothub/twin/PATCH/properties/reported/?$rid={request}";

    public static string MethodAnswer(int status, string request) =>
        string.Create(CultureInfo.InvariantCulture, $"$iothub/methods/res/{status}/?$rid={request}");

    public static string Register(string request) => $"$dps/registrations/PUT/iotdps-register/?$rid={request}";

    public static string RegistrationStatus(string request, string operation) =>
        $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid={request}&operationId={Uri.EscapeDataString(operation)}";

    /// <summary>An answer of twin or provisioning: <c>{prefix}{status}/?$rid={request}&amp;…</c>. False when it is none.</summary>
    public static bool TryAnswer(string topic, string prefix, out int status, out Dictionary<string, string?> bag)
    {
        status = 0;
        bag = [];
        if (!TryRest(topic, prefix, out var word, out var rest)) return false;

        bag = ReadBag(rest);
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out status) && bag.ContainsKey("$rid");
    }

    /// <summary>A direct method: <c>$iothub/methods/POST/{name}/?$rid={request}</c>. False when it is none.</summary>
    public static bool TryMethod(string topic, out string name, out string request)
    {
        request = "";
        if (!TryRest(topic, Methods, out name, out var rest) || ReadBag(rest).GetValueOrDefault("$rid") is not { } found) return false;

        request = found;
        return true;
    }

    /// <summary>A message to the device: its properties. False when it is none of this device's.</summary>
    public static bool TryToDevice(string topic, string device, out Dictionary<string, string?> bag)
    {
        var ours = topic.StartsWith(ToDevice(device), StringComparison.Ordinal);
        bag = ours ? ReadBag(topic.AsSpan(ToDevice(device).Length)) : [];
        return ours;
    }

    /// <summary>
    /// All three forms that a hub writes: <c>key</c> is null, <c>key=</c> is empty, <c>key=value</c> is the value. The first of
    /// two of one name counts. What cannot be unescaped stays as it is.
    /// </summary>
    public static Dictionary<string, string?> ReadBag(ReadOnlySpan<char> text)
    {
        var bag = new Dictionary<string, string?>(StringComparer.Ordinal);
        text = text.TrimStart('?').TrimEnd('/');
        foreach (var range in text.Split('&'))
        {
            var part = text[range];
            if (part.IsEmpty) continue;

            var at = part.IndexOf('=');
            bag.TryAdd(
                Uri.UnescapeDataString(at < 0 ? part : part[..at]), at < 0 ? null : Uri.UnescapeDataString(part[(at + 1)..]));
        }

        return bag;
    }

    /// <summary>As <see cref="ReadBag"/> reads it. The dollar of the hub's own names is not escaped.</summary>
    public static string Bag(params ReadOnlySpan<(string Name, string? Value)> properties)
    {
        var bag = new StringBuilder();
        foreach (var (name, value) in properties)
        {
            if (bag.Length > 0) bag.Append('&');
            bag.Append(name.StartsWith("$.", StringComparison.Ordinal) ? $"$.{Uri.EscapeDataString(name[2..])}" : Uri.EscapeDataString(name));
            if (value is not null) bag.Append('=').Append(Uri.EscapeDataString(value));
        }

        return bag.ToString();
    }

    static bool TryRest(string topic, string prefix, out string word, out string rest)
    {
        (word, rest) = ("", "");
        if (!topic.StartsWith(prefix, StringComparison.Ordinal)) return false;

        var inner = topic[prefix.Length..];
        var at = inner.IndexOf('/', StringComparison.Ordinal);
        if (at < 1) return false;

        (word, rest) = (inner[..at], inner[(at + 1)..]);
        return true;
    }
}
