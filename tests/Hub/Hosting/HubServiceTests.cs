using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.Hub.Hosting;

/// <summary>The hub as a service manager sees it: the program itself, with a socket that hears what it would tell systemd.</summary>
public sealed class HubServiceTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };

    public HubServiceTests() => _systemd.Bind(new UnixDomainSocketEndPoint(_folder["notify"]));

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_when_it_is_ready_that_it_lives_and_that_it_ends()
    {
        using var hub = Start("run", "--port", "0", "--broker-port", "0");
        Assert.StartsWith("READY=1", HearNext(), StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", Hear());

        using (var kill = Process.Start("kill", ["-TERM", $"{hub.Id}"])) await kill.WaitForExitAsync(Stop);
        Assert.Equal("STOPPING=1", HearNext());
        await hub.WaitForExitAsync(Stop);
        Assert.Equal(0, hub.ExitCode);
    }

    [Fact]
    public async Task Settings_that_are_wrong_end_it_with_3_so_that_it_is_not_started_again()
    {
        Directory.CreateDirectory(_folder["data"]);
        await File.WriteAllTextAsync(_folder["data", "hub.json"], """{ "token": { "module": "softhsm.so", "label": "x" } }""", Stop);

        using var hub = Start("run", "--port", "0", "--broker-port", "0");
        var said = await hub.StandardError.ReadToEndAsync(Stop);
        await hub.WaitForExitAsync(Stop);

        Assert.Equal(3, hub.ExitCode);
        Assert.Contains("full path", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_unit_s_exposure_is_one_and_a_half_at_most()
    {
        Needs.SkipOrFail("systemd", File.Exists("/usr/bin/systemd-analyze"));
        var (code, said) = await RunAsync(
            "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", Repository.PathOf("systemd/edgeface-hub.service"));

        Assert.Contains("Overall exposure level", said, StringComparison.Ordinal);
        Assert.True(code == 0, said.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        var (_, faults) = await RunAsync("systemd-analyze", "verify", Repository.PathOf("systemd/edgeface-hub.service"));
        Assert.DoesNotContain(
            faults.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.Contains("/usr/lib/edgeface-hub/edgeface-hub", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_package_holds_program_unit_user_and_settings_that_it_keeps()
    {
        Needs.SkipOrFail("systemd", File.Exists("/usr/bin/systemd-analyze"));
        Directory.CreateDirectory(_folder["release", "models"]);
        await File.WriteAllTextAsync(_folder["release", "models", "one.onnx"], "", Stop);
        await File.WriteAllTextAsync(_folder["release", "edgeface-hub"], "#!/bin/sh\necho 1.2.3\n", Stop);

        var (code, said) = await RunAsync(Repository.PathOf("systemd/make-hub-deb.sh"), "--from", _folder["release"], "--out", _folder["out"]);
        Assert.True(code == 0, said);
        var package = Assert.Single(Directory.GetFiles(_folder["out"]));
        Assert.EndsWith("edgeface-hub_1.2.3_amd64.deb", package, StringComparison.Ordinal);
        var (_, files) = await RunAsync("dpkg-deb", "--contents", package);
        string[] expected =
        [
            "/usr/lib/edgeface-hub/edgeface-hub", "/usr/bin/edgeface-hub", "/usr/lib/systemd/system/edgeface-hub.service", "/usr/lib/sysusers.d/edgeface-hub.conf",
            "/usr/lib/tmpfiles.d/edgeface-hub.conf", "/etc/edgeface-hub/hub.json",
        ];
        foreach (var file in expected) Assert.Contains($".{file}\n", files, StringComparison.Ordinal);
        Assert.Contains("/etc/edgeface-hub/hub.json", (await RunAsync("dpkg-deb", "--info", package, "conffiles")).Said, StringComparison.Ordinal);
        Assert.Contains("systemd (>= 252)", (await RunAsync("dpkg-deb", "--field", package, "Depends")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_settings_are_ones_that_it_reads() =>
        Assert.Equal(8443, EdgeFace.Hub.Hosting.HubOptions.Read(Repository.PathOf("systemd/edgeface-hub.json")).Port);

    public void Dispose()
    {
        _systemd.Dispose();
        _folder.Dispose();
    }

    /// <summary>Besides the pulse, which may also come while it starts.</summary>
    string HearNext()
    {
        while (true)
            if (Hear() is var said and not "WATCHDOG=1") return said;
    }

    string Hear()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _systemd.Receive(buffer));
    }

    Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        Repository.PathOf("artifacts/bin/EdgeFace.Hub/release/edgeface-hub"), [.. arguments, "--data", _folder["data"]])
    {
        Environment = { ["NOTIFY_SOCKET"] = _folder["notify"], ["WATCHDOG_USEC"] = "1500000" },
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    }) ?? throw new InvalidOperationException("The hub was not started.");

    static async Task<(int Code, string Said)> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{command[0]} was not started.");
        var faults = process.StandardError.ReadToEndAsync(Stop);
        var said = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, said + await faults);
    }
}
