using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeFace.Link;
using EdgeFace.Tests;
using EdgeFace.Tests.Link;

namespace EdgeFace.Benchmarks;

/// <summary>
/// Debian's mosquitto with TLS, client certificates and the access list of PROTOCOL.md, otherwise as it comes; it is there to be
/// killed and started again.
/// </summary>
sealed class DeliveryBroker : IDisposable
{
    public const string Device = "bench-door", Hub = "hub";

    readonly ScratchFolder _folder;
    readonly MadeCertificates _authority;
    Process? _process;

    public DeliveryBroker(ScratchFolder folder)
    {
        _folder = folder;
        _authority = new MadeCertificates(folder, "authority");
        Port = FreePort();
        var (certificate, key) = _authority.Server("broker");
        File.WriteAllText(folder["acl"], """
            pattern write edgeface/1/%u/up/#
            pattern read edgeface/1/%u/down/#

            user hub
            topic read edgeface/1/+/up/#
            topic write edgeface/1/+/down/#
            """ + "\n");
        File.WriteAllText(folder["mosquitto.conf"], $"""
            user root
            acl_file {folder["acl"]}
            persistence true
            persistence_location {folder.Path}/
            listener {Port} 127.0.0.1
            cafile {_authority.CaFile}
            certfile {certificate}
            keyfile {key}
            require_certificate true
            use_identity_as_username true
            use_username_as_clientid true
            """ + "\n");
    }

    public int Port { get; }

    /// <summary>Impatient: it comes back sooner than a broker usually does.</summary>
    public MqttLinkOptions LinkOf(string user)
    {
        var (certificate, key) = _authority.Client(user);
        return new MqttLinkOptions(
            "localhost", Port, CaFile: _authority.CaFile, CertificateFile: certificate, KeyFile: key, AckTimeoutSeconds: 5,
            BackoffSecondsMin: 0.1, BackoffSecondsMax: 1);
    }

    public async Task StartAsync(CancellationToken stop)
    {
        var program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
        _process = Process.Start(new ProcessStartInfo(program, ["-c", _folder["mosquitto.conf"]]) { RedirectStandardError = true })
            ?? throw new InvalidOperationException("mosquitto did not start.");
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        while (!Listens()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
    }

    /// <summary>SIGKILL: what it had not written is gone.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        _authority.Dispose();
    }

    bool Listens()
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException) when (_process is { HasExited: false })
        {
            return false;
        }
    }

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
