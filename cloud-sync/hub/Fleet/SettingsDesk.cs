using System.Text.Json;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Fleet;

/// <summary>Which site document each device is to have. It is sent again whenever a device says that it has another one.</summary>
sealed class SettingsDesk
{
    readonly DeviceStore _devices;
    readonly HubKeys _keys;
    readonly HubLink _link;
    readonly TimeProvider _time;

    public SettingsDesk(DeviceStore devices, HubKeys keys, HubLink link, TimeProvider time)
    {
        (_devices, _keys, _link, _time) = (devices, keys, link, time);
        link.Ears[UpChannel.Reported] = HearAsync;
    }

    /// <param name="device">Whose.</param>
    /// <param name="site">The document.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="seen">The version that the operator saw it was to have; null: whatever that is.</param>
    /// <param name="by">Who wants it, for the audit log.</param>
    /// <returns>The version; 0: there is no such device, or it is to have another one than was seen.</returns>
    /// <exception cref="FormatException">It is no JSON object, or too large for a message.</exception>
    public async Task<long> DesireAsync(string device, string site, CancellationToken stop, long? seen = null, Doer? by = null)
    {
        var text = Checked(site);
        var version = await _devices.DesireAsync(device, text, stop, seen, by);
        if (version > 0) Send(device, version, text);
        return version;
    }

    /// <summary>As it goes over the wire.</summary>
    /// <exception cref="FormatException">It is no JSON object, or too large for a message.</exception>
    public static string Checked(string site)
    {
        try
        {
            using var document = JsonDocument.Parse(site, SiteStore.Lenient);
            var read = document.RootElement;
            if (read.ValueKind is not JsonValueKind.Object) throw new FormatException("A site document is a JSON object: { \"doors\": … }.");

            var text = JsonSerializer.Serialize(read);
            return text.Length <= Topics.PayloadBytesMax / 2 ? text
                : throw new FormatException($"The document has {text.Length} characters; {Topics.PayloadBytesMax / 2} fit a message. Name fewer groups, schedules or holidays.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"It is no JSON: {e.Message}", e);
        }
    }

    async Task HearAsync(Device device, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        if (SettingsReport.Parse(payload.Span) is not { } report || device.Desired == 0) return;
        if (report.Applied == device.Desired && report.Code is null) return;
        if (report.Refused == device.Desired && report.Code is not "not-kept") return; // it said what is wrong; an operator has to change it
        if (await _devices.DesiredSiteAsync(device.Name, stop) is { } site) Send(device.Name, device.Desired, site);
    }

    void Send(string device, long version, string site) => _link.Send(
        device, DownChannel.Desired, new SettingsDocument(device, version, _time.GetUtcNow(), JsonElement.Parse(site)).SignedBy(_keys.Of(KeyRole.Settings)));
}
