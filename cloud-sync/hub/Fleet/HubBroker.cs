using System.Net;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using EdgeFace.Link;

namespace EdgeFace.Hub.Fleet;

/// <summary>
/// The broker that hub and devices meet at: one in this process, or another one that is there. The embedded one knows devices by
/// passwords that the hub gives them, another one by certificates of the hub's authority.
/// </summary>
sealed class HubBroker : IAsyncDisposable
{
    public const string User = "hub";

    /// <summary>Passwords are 256 random bits: no list of likely ones helps who has the hashes, however fast they are tried.</summary>
    const int Iterations = 1_000;

    readonly HubFolder _folder;
    readonly Lock _turn = new();
    EmbeddedBroker? _broker;

    HubBroker(HubFolder folder, MqttLinkOptions hub, MqttLinkOptions device, bool isEmbedded) =>
        (_folder, Hub, Devices, IsEmbedded) = (folder, hub, device, isEmbedded);

    /// <summary>How the hub comes to it.</summary>
    public MqttLinkOptions Hub { get; private set; }

    /// <summary>How devices come to it.</summary>
    public MqttLinkOptions Devices { get; private set; }

    public bool IsEmbedded { get; }

    /// <summary>Another broker; its access list is whoever runs it to write (see PROTOCOL.md).</summary>
    public static HubBroker At(HubFolder folder, MqttLinkOptions hub, MqttLinkOptions device) => new(folder, hub, device, isEmbedded: false);

    /// <summary>Starts the one in this process.</summary>
    /// <param name="folder">Where its accounts lie.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="port">0: any free one.</param>
    /// <param name="host">The name by which devices reach it.</param>
    /// <param name="tls">Certificate, key and authority; null: on loopback, in the clear.</param>
    /// <param name="time">The hub's clock.</param>
    public static async Task<HubBroker> StartAsync(
        HubFolder folder, string address, int port, string host, (string CertificateFile, string KeyFile, string? CaFile)? tls, TimeProvider time)
    {
        if (!File.Exists(folder.Accounts)) AtomicFile.Write(folder.Accounts, []);
        var hub = new MqttLinkOptions(
            IPAddress.TryParse(address, out var own) && !own.Equals(IPAddress.Any) && !own.Equals(IPAddress.IPv6Any) ? address : "127.0.0.1", Math.Max(1, port), Tls: tls is not null, ServerName: tls is null ? null : host, CaFile: tls?.CaFile, PasswordFile: folder.BrokerPassword,
            BackoffSecondsMin: 0.2, BackoffSecondsMax: 5);
        var broker = new HubBroker(folder, hub, hub with { Host = host, PasswordFile = null }, isEmbedded: true);
        broker.Write(User, BrokerRole.Hub, out var password);
        AtomicFile.Write(folder.BrokerPassword, Encoding.ASCII.GetBytes(password));
        var embedded = broker._broker = new EmbeddedBroker(
            new EmbeddedBrokerOptions(
                address, port, tls?.CertificateFile, tls?.KeyFile, AccountsFile: folder.Accounts, ClientsMax: 10_000, PendingMax: 2_000, First: User), time);
        await embedded.StartAsync();
        (broker.Hub, broker.Devices) = (broker.Hub with { Port = embedded.Port }, broker.Devices with { Port = embedded.Port });
        return broker;
    }

    /// <summary>A new password for a device; the one before is good no more. Null: the broker knows devices by certificates.</summary>
    public string? Admit(string device)
    {
        if (!IsEmbedded) return null;

        Write(device, BrokerRole.Device, out var password);
        return password;
    }

    /// <summary>The device may come no more; its connection ends within seconds.</summary>
    public void Remove(string device)
    {
        if (!IsEmbedded) return;

        lock (_turn)
        {
            var lines = File.ReadAllLines(_folder.Accounts).Where(line => !line.StartsWith($"{device}:", StringComparison.Ordinal));
            AtomicFile.Write(_folder.Accounts, Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
    }

    void Write(string user, BrokerRole role, out string password)
    {
        password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        lock (_turn)
            AtomicFile.Write(_folder.Accounts, Encoding.UTF8.GetBytes(new BrokerAccounts(_folder.Accounts).With(user, role, password, Iterations)));
    }
}
