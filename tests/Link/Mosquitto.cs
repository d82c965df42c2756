using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace EdgeFace.Tests.Link;

/// <summary>
/// Debian's mosquitto as a process of its own, with TLS, client certificates whose name is the user, and the access list of
/// PROTOCOL.md; all else is as it comes. It can be killed and started again at the same port.
/// </summary>
sealed class Mosquitto : IDisposable
{
    const string Program = "mosquitto";

    readonly ScratchFolder _folder;
    readonly List<string> _log = [];
    Process? _process;

    /// <param name="folder">For its files, and those of its authority.</param>
    public Mosquitto(ScratchFolder folder)
    {
        _folder = folder;
        Authority = new MadeCertificates(folder, "mosquitto-authority");
        (Port, WebSocketPort) = (FreePort(), FreePort());
        var (certificateFile, keyFile) = Authority.Server("mosquitto");
        File.WriteAllText(_folder["acl"], """
            pattern write edgeface/1/%u/up/#
            pattern read edgeface/1/%u/down/#

            user hub
            topic read edgeface/1/+/up/#
            topic write edgeface/1/+/down/#
            """ + "\n");
        var tls = $"""
            cafile {Authority.CaFile}
            certfile {certificateFile}
            keyfile {keyFile}
            require_certificate true
            use_identity_as_username true
            """;
        // Started by root, it would change to its own user, who may not read this folder.
        File.WriteAllText(_folder["mosquitto.conf"], $"""
            user root
            acl_file {_folder["acl"]}
            persistence true
            queue_qos0_messages true
            persistence_location {_folder.Path}/
            listener {Port} 127.0.0.1
            {tls}
            listener {WebSocketPort} 127.0.0.1
            protocol websockets
            {tls}
            """ + "\n");
    }

    public MadeCertificates Authority { get; }

    public int Port { get; }

    public int WebSocketPort { get; }

    public string Log
    {
        get
        {
            lock (_log) return string.Join('\n', _log);
        }
    }

    public static void SkipOrFail() => Needs.SkipOrFail("mosquitto", IsInstalled());

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Where() ?? Program, ["-v", "-c", _folder["mosquitto.conf"]]) { RedirectStandardError = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("mosquitto was not started.");
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log) _log.Add(line.Data ?? "");
        };
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(Listens, "mosquitto listens", () => Log);
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
        Authority.Dispose();
    }

    static bool IsInstalled() => Where() is not null;

    /// <summary>In /usr/sbin, which is on no ordinary user's path.</summary>
    static string? Where() => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin".Split(':')
        .Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);

    bool Listens()
    {
        Assert.False(_process?.HasExited, Log);
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
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
