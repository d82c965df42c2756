using System.Net.Sockets;
using System.Text;
using EdgeFace.Keeping;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class SystemdNotifyTests
{
    [Fact]
    public void Each_message_is_what_systemd_reads()
    {
        using var systemd = new NotifySocket();
        var time = new FakeTimeProvider();
        using var notify = new SystemdNotify(systemd.Address, time);

        Assert.True(notify.IsOn);
        Assert.True(notify.Ready("2 doors, 2 cameras"));
        Assert.Equal("READY=1\nSTATUS=2 doors, 2 cameras", systemd.Next());

        notify.Status("front: lost\nwindow");
        Assert.Equal("STATUS=front: lost window", systemd.Next());

        notify.Reloading();
        Assert.Equal($"RELOADING=1\nMONOTONIC_USEC={time.GetTimestamp() / 10}", systemd.Next());

        notify.Watchdog();
        Assert.Equal("WATCHDOG=1", systemd.Next());
        notify.Stopping();
        Assert.Equal("STOPPING=1", systemd.Next());
    }

    [Fact]
    public void A_name_that_is_no_file_is_reached_too()
    {
        using var systemd = new NotifySocket(isAbstract: true);
        using var notify = SystemdNotify.Of(name => name == "NOTIFY_SOCKET" ? systemd.Address : null, TimeProvider.System);

        Assert.StartsWith("@", systemd.Address, StringComparison.Ordinal);
        Assert.True(notify.Watchdog());
        Assert.Equal("WATCHDOG=1", systemd.Next());
    }

    /// <summary>systemd compares it with CLOCK_MONOTONIC, of which the first number of /proc/uptime is near.</summary>
    [Fact]
    public void The_time_of_a_reload_is_of_the_machines_monotonic_clock()
    {
        using var systemd = new NotifySocket();
        using var notify = new SystemdNotify(systemd.Address, TimeProvider.System);

        var before = TimeProvider.System.GetTimestamp();
        notify.Reloading();
        var after = TimeProvider.System.GetTimestamp();

        var microseconds = long.Parse(systemd.Next().Split('=')[^1]);
        Assert.Equal(1_000_000_000, TimeProvider.System.TimestampFrequency);
        Assert.InRange(microseconds, before / 1000, after / 1000);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("vsock:2:1234")]
    public void Without_systemd_nothing_is_said_and_nothing_breaks(string? address)
    {
        using var notify = new SystemdNotify(address, TimeProvider.System);

        Assert.False(notify.IsOn);
        Assert.False(notify.Ready("well"));
        Assert.False(notify.Reloading());
        Assert.False(notify.Stopping());
        Assert.False(notify.Watchdog());
        Assert.Equal(0, notify.Unsent);
    }

    [Fact]
    public void A_systemd_that_went_away_is_counted_and_not_thrown()
    {
        var systemd = new NotifySocket();
        using var notify = new SystemdNotify(systemd.Address, TimeProvider.System);
        systemd.Dispose();

        Assert.False(notify.Status("well"));
        Assert.Equal(1, notify.Unsent);
    }
}

/// <summary>What systemd gives a service to speak into.</summary>
sealed class NotifySocket : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket(bool isAbstract = false)
    {
        Address = isAbstract ? $"@edgeface-test-{Guid.NewGuid():N}" : _folder["notify"];
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + Address[1..] : Address));
    }

    public string Address { get; }

    public bool IsEmpty => _socket.Available == 0;

    public string Next()
    {
        _socket.ReceiveTimeout = 10_000;
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }
}
