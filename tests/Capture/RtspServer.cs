using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeFace.Tests.Capture;

/// <summary>GStreamer's RTSP server as a process of its own: it can be killed, stopped and started again at the same port.</summary>
sealed class RtspServer : IDisposable
{
    /// <summary>Debian's own Python: only that one finds Debian's python3-gi.</summary>
    const string Python = "/usr/bin/python3";

    readonly string _script;
    readonly string[] _arguments;
    Process? _process;

    public RtspServer(string repository, params string[] arguments)
    {
        _script = Path.Combine(repository, "tests", "Capture", "rtsp_server.py");
        _arguments = arguments;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = (probe.LocalEndpoint as IPEndPoint)?.Port ?? 0;
    }

    public int Port { get; }

    public string Address => $"rtsp://127.0.0.1:{Port}/door";

    /// <summary>Whether this machine has what the server and its client need.</summary>
    public static bool IsInstalled() => Runs(Python, "-c", "import gi; gi.require_version('GstRtspServer', '1.0')") && Runs("ffmpeg", "-version");

    public async Task StartAsync(CancellationToken stop)
    {
        _process = Process.Start(new ProcessStartInfo(Python, [_script, $"{Port}", .. _arguments]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{Python} was not started.");
        if (await _process.StandardOutput.ReadLineAsync(stop) != "ready")
            throw new InvalidOperationException($"The RTSP server did not come up at port {Port}.");
    }

    /// <summary>SIGKILL: the kernel closes its connections.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>SIGSTOP: its connections stay open and say nothing, as when the cable is out.</summary>
    public void Freeze() => Runs("kill", "-STOP", $"{_process?.Id}");

    public void Dispose() => Kill();

    static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            process?.StandardOutput.ReadToEnd();
            process?.WaitForExit();
            return process?.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
