using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace EdgeFace.Tests.IotHub;

/// <summary>
/// Azure IoT Hub as a device sees it over MQTT 3.1.1, strict where the hub is: whoever does what the hub's documents do not
/// allow is refused or disconnected, and <see cref="Faults"/> says for what.
/// </summary>
sealed partial class SimulatedHub : IAsyncDisposable
{
    public const string Host = "hub.azure-devices.net";

    static readonly string[] ApiVersions = ["2018-06-30", "2019-03-30", "2019-10-01", "2020-03-13", "2020-09-30", "2021-04-12"];

    readonly ConcurrentDictionary<string, HubDevice> _devices = new(StringComparer.Ordinal);
    readonly TimeProvider _clock;
    readonly TlsServer _server;

    /// <param name="certificate">Of a server.</param>
    /// <param name="clock">Judges tokens; waits are by the system's own.</param>
    public SimulatedHub(X509Certificate2 certificate, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _server = new TlsServer(certificate, ServeAsync);
    }

    public int Port => _server.Port;

    /// <summary>For what it refused or disconnected somebody.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>What CONNECT is answered instead, once each.</summary>
    public ConcurrentQueue<byte> ConnectCodes { get; } = new();

    /// <summary>How many messages the day's quota still holds; the next one ends the connection.</summary>
    public long MessagesLeft { get; set; } = long.MaxValue;

    /// <summary>While it is set, no message is acknowledged.</summary>
    public TaskCompletionSource? Holding { get; set; }

    public HubDevice Add(string id, byte[]? key = null, string? thumbprint = null) => _devices[id] = new HubDevice(id, key, thumbprint);

    public void Remove(string id) => _devices.TryRemove(id, out _);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task ServeAsync(Peer peer, CancellationToken stop)
    {
        try
        {
            if (await MqttPacket.ReadAsync(peer.Stream, 64 * 1024, stop) is not { } first) return;

            var connect = MqttConnect.Read(first);
            var code = ConnectCodes.TryDequeue(out var forced) ? forced : Judge(connect, peer, out var fault) is var judged && fault is null ? judged : Note(judged, fault);
            if (code != 0)
            {
                await peer.SendAsync(MqttPacket.Write(0x20, 0, code));
                return;
            }

            await new HubConnection(this, _devices[connect.ClientId], connect, peer).RunAsync(stop);
        }
        catch (ProtocolException e)
        {
            Faults.Enqueue(e.Message);
        }
    }

    byte Note(byte code, string fault)
    {
        Faults.Enqueue(fault);
        return code;
    }

    byte Judge(MqttConnect connect, Peer peer, out string? fault)
    {
        fault = Fault(connect, peer);
        return fault is null ? (byte)0 : (byte)5;
    }

    string? Fault(MqttConnect connect, Peer peer)
    {
        if (UserName().Match(connect.User ?? "") is not { Success: true } user) return $"the user name '{connect.User}' has another form";
        if (user.Groups["host"].Value != Host) return $"the user name is for {user.Groups["host"].Value}";
        if (user.Groups["device"].Value != connect.ClientId) return $"the client id '{connect.ClientId}' is not the device of the user name";
        if (!ApiVersions.Contains(user.Groups["version"].Value)) return $"the api-version {user.Groups["version"].Value} is unknown";
        if (!_devices.TryGetValue(connect.ClientId, out var device)) return $"the device '{connect.ClientId}' is unknown";
        if (device.IsDisabled) return $"the device '{connect.ClientId}' is disabled";
        if (connect.WillTopic is { } will && !will.StartsWith(HubConnection.TelemetryOf(device.Id), StringComparison.Ordinal))
            return $"a will on {will}, which is no telemetry of the device";
        if (connect.WillQuality == 2) return "a will of quality 2";
        if (device.Key is { } key)
            return AccessSignature.Fault(connect.Password ?? "", $"{Host}/devices/{device.Id}", null, key, _clock.GetUtcNow());
        if (!string.IsNullOrEmpty(connect.Password)) return "a password beside a certificate";
        return peer.Certificate?.Thumbprint == device.Thumbprint ? null : $"the certificate {peer.Certificate?.Thumbprint ?? "(none)"} is not the device's";
    }

    [GeneratedRegex(@"^(?<host>[^/]+)/(?<device>[^/]+)/\?api-version=(?<version>[^&]+)(&[\w-]+=[^&]*)*$")]
    private static partial Regex UserName();
}
