using EdgeFace.Documents;
using EdgeFace.Journal;
using EdgeFace.Link;
using EdgeFace.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>Makes the cloud connection that a profile asks for.</summary>
static class CloudConnection
{
    const string HubState = "cloud.hub";

    /// <summary>Null where the profile asks for none.</summary>
    /// <exception cref="DocumentException">The trust file is missing or wrong.</exception>
    /// <exception cref="StorageException">The device's keys, or the gallery, cannot be used.</exception>
    public static DaemonCloud? Open(DoorDaemon daemon, ControlDesk desk, string version, ILogger<DaemonCloud> log)
    {
        if (daemon.File.Profile.Cloud is not { } options) return null;

        var link = Link(options, daemon);
        return new DaemonCloud(daemon, link, ReadTrust(options.Trust), desk, version, log);
    }

    static ILink Link(CloudOptions options, DoorDaemon daemon)
    {
        var (time, device) = (daemon.Time, daemon.File.Profile.DeviceName);
        bool ClockTrusted() => daemon.Clock.IsTrusted;
        if (options.Mqtt is { } mqtt) return new MqttLink(mqtt, device, time, ClockTrusted);

        var hub = options.IotHub ?? new IotHubOptions();
        return new IotHubLink(hub, time, ClockTrusted, hub.Provisioning is null ? null : new ProvisioningClient(
            hub, time, () => Recall(daemon.Journal), found => daemon.Journal.Remember(HubState, found?.ToJson() ?? [])));
    }

    static ProvisionedHub? Recall(EventJournal journal) =>
        journal.Recall(HubState) is { Length: > 0 } kept ? ProvisionedHub.Parse(kept) : null;

    static TrustedKeys ReadTrust(string file)
    {
        try
        {
            return TrustedKeys.Parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new DocumentException(file, [new DocumentFault(0, 0, "$",
                $"it holds no set of trusted keys: {e.Message} Make one with 'edgeface trust create', or take the hub's")]);
        }
    }
}
