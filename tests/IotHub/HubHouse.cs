using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeFace.Link;

namespace EdgeFace.Tests.IotHub;

/// <summary>A hub and a provisioning service with their certificates, one device's key in a file, and options that lead there.</summary>
sealed class HubHouse : IAsyncDisposable
{
    public const string Device = "door-1";

    readonly ScratchFolder _folder = new();
    readonly X509Certificate2 _server;

    public HubHouse(TimeProvider? clock = null)
    {
        // The last name is where our link connects to: as through a gateway, whose certificate bears its own name.
        _server = Authority.Issue(SimulatedHub.Host, SimulatedHub.Host, SimulatedDps.Host, "localhost");
        (Hub, Dps) = (new SimulatedHub(_server, clock), new SimulatedDps(_server, clock));
        File.WriteAllText(_folder["device.key64"], Convert.ToBase64String(Key));
        Authority.WriteRoot(_folder["ca.pem"]);
    }

    public TestAuthority Authority { get; } = new();

    public byte[] Key { get; } = RandomNumberGenerator.GetBytes(32);

    public SimulatedHub Hub { get; }

    public SimulatedDps Dps { get; }

    public string Folder => _folder.Path;

    public string CaFile => _folder["ca.pem"];

    public string KeyFile => _folder["device.key64"];

    /// <summary>With a key.</summary>
    public IotHubOptions Options => new(
        SimulatedHub.Host, Device, KeyFile: KeyFile, CaFile: CaFile, GatewayHost: "localhost", Port: Hub.Port, RetrySecondsMax: 2);

    public HubDevice AddDevice(string id = Device) => Hub.Add(id, Key);

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Dps.DisposeAsync();
        _server.Dispose();
        Authority.Dispose();
        _folder.Dispose();
    }
}
