using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Tests.IotHub;

/// <summary>A device that says whatever a test wants, packet by packet: also what no client library would send.</summary>
sealed class RawDevice : IDisposable
{
    readonly TcpClient _tcp = new();
    readonly SslStream _stream;

    RawDevice(int port)
    {
        _tcp.Connect("127.0.0.1", port);
        // The hub is the test's own, and it is the hub that is tested.
        _stream = new SslStream(_tcp.GetStream(), false, (_, shown, _, _) => shown is not null);
        _stream.AuthenticateAsClient(SimulatedHub.Host);
    }

    /// <summary>Connected, and what CONNECT was answered.</summary>
    public static async Task<(RawDevice Device, int Code)> ConnectAsync(
        HubHouse house, string? id = null, string? user = null, string? password = null, int keepAlive = 60)
    {
        id ??= HubHouse.Device;
        var device = new RawDevice(house.Hub.Port);
        await device.SendAsync(MqttPacket.Write(0x10,
            [.. Text("MQTT"), 4, 0xC0, .. MqttPacket.Number((ushort)keepAlive), .. Text(id),
             .. Text(user ?? $"{SimulatedHub.Host}/{HubHouse.Device}/?api-version=2021-04-12"), .. Text(password ?? TokenOf(house))]));
        return (device, await device.ReadAsync() is { Kind: 2, Body: [_, var code] } ? code : -1);
    }

    /// <summary>Right, but for what is given: made here and not by the code under test.</summary>
    public static string TokenOf(
        HubHouse house, string resource = $"{SimulatedHub.Host}/devices/{HubHouse.Device}", int seconds = 600, string more = "")
    {
        var (sr, se) = (Uri.EscapeDataString(resource), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(house.Key, Encoding.ASCII.GetBytes($"{sr}\n{se}")));
        return $"SharedAccessSignature sr={sr}&sig={Uri.EscapeDataString(signature)}&se={se}{more}";
    }

    public async Task SendAsync(byte[] packet) => await _stream.WriteAsync(packet);

    public Task SubscribeAsync(params string[] filters) => SendAsync(MqttPacket.Write(0x82,
        [0, 9, .. filters.SelectMany(filter => (byte[])[.. Text(filter), 2])]));

    /// <summary>Null when the hub ended the connection.</summary>
    public async Task<MqttPacket?> ReadAsync()
    {
        try
        {
            return await MqttPacket.ReadAsync(_stream, 1 << 20, default);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    static byte[] Text(string text) => [.. MqttPacket.Number((ushort)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
}
