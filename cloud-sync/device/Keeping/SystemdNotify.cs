using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeFace.Keeping;

/// <summary>
/// Tells systemd how the service is (sd_notify). Without systemd every call is a test of a null. What cannot be told is
/// counted and not thrown: systemd decides by what it did not hear.
/// </summary>
sealed class SystemdNotify : IDisposable
{
    /// <summary>systemd reads at once; if it does not, the service has other things to see to.</summary>
    const int SendMostMs = 1000;
    const long MicrosecondsPerSecond = 1_000_000;
    const long WatchdogMicrosecondsMax = 24L * 3600 * MicrosecondsPerSecond; // what is longer is no watchdog

    readonly TimeProvider _time;
    readonly Socket? _socket;
    readonly EndPoint? _systemd;

    /// <param name="address">As in NOTIFY_SOCKET: a path, or a name that begins with @; null: nobody is to be told.</param>
    /// <param name="time">Its timestamps are CLOCK_MONOTONIC's.</param>
    public SystemdNotify(string? address, TimeProvider time)
    {
        _time = time;
        if (address is not ['/' or '@', _, ..]) return;

        _systemd = new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMostMs };
    }

    /// <summary>Of this process.</summary>
    public static SystemdNotify Of(Func<string, string?> variable, TimeProvider time) => new(variable("NOTIFY_SOCKET"), time);

    /// <summary>After so long without a word systemd restarts the service; null when it does not, or asks another process.</summary>
    public static TimeSpan? WatchdogLimit(Func<string, string?> variable, int process)
    {
        if (variable("WATCHDOG_PID") is { Length: > 0 } of && of != process.ToString(CultureInfo.InvariantCulture)) return null;

        return long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            && microseconds is > 0 and <= WatchdogMicrosecondsMax
            ? TimeSpan.FromMicroseconds(microseconds) : null;
    }

    /// <summary>Somebody is there to be told.</summary>
    public bool IsOn => _socket is not null;

    /// <summary>Messages that could not be sent.</summary>
    public long Unsent { get; private set; }

    /// <summary>What it is for is served. Also ends a reload.</summary>
    public bool Ready(string status) => IsOn && Send($"READY=1\n{StatusLine(status)}");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public bool Status(string status) => IsOn && Send(StatusLine(status));

    /// <summary>The profile is being read anew; Ready must follow. The time tells systemd which reload is meant.</summary>
    public bool Reloading() => IsOn && Send(string.Create(CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={(Int128)_time.GetTimestamp() * MicrosecondsPerSecond / _time.TimestampFrequency}"));

    public bool Stopping() => IsOn && Send("STOPPING=1");

    /// <summary>Still at work: to be said by what watches the loops, and by no timer of its own.</summary>
    public bool Watchdog() => IsOn && Send("WATCHDOG=1");

    static string StatusLine(string status) => $"STATUS={status.ReplaceLineEndings(" ")}";

    bool Send(string message)
    {
        if (_socket is null || _systemd is null) return false;

        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _systemd);
            return true;
        }
        catch (SocketException)
        {
            Unsent++;
            return false;
        }
    }

    public void Dispose() => _socket?.Dispose();
}
