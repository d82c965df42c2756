using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeFace.Hub.Cli;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Simulation;
using EdgeFace.Hub.Storage;
using EdgeFace.Link;
using Xunit;

namespace EdgeFace.Tests.Hub.Cli;

/// <summary>A simulation says by its exit code whether all that was reported is there, once.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    readonly ScratchFolder _scratch = new(inMemory: true);
    readonly int _port = FreePort();
    Process? _broker;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _broker?.Kill();
        _broker?.WaitForExit();
        _broker?.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task It_is_0_with_a_hub_and_1_where_nobody_hears()
    {
        StartBroker();
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(Mqtt: new MqttLinkOptions("127.0.0.1", _port, Tls: false)));
        Assert.Equal(0, (await RunAsync(hub.Folder, "register", "--devices", "3")).Code);
        var whole = await RunAsync(hub.Folder, "--devices", "3", "--rate", "5", "--seconds", "2", "--drain", "60");
        Assert.True(whole.Code == 0, whole.Said);

        await hub.App.StopAsync(Stop);
        var lost = await RunAsync(hub.Folder, "--devices", "3", "--rate", "5", "--seconds", "2", "--drain", "1");
        Assert.True(lost.Code == 1, lost.Said);
        Assert.DoesNotContain("missing 0,", lost.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_double_is_not_whole()
    {
        Assert.True(new SimulationCheck(5, 0, 0, "", 0).IsWhole);
        Assert.False(new SimulationCheck(4, 1, 0, "", 0).IsWhole);
        Assert.False(new SimulationCheck(6, 0, 1, "", 0).IsWhole);
    }

    async Task<(int Code, string Said)> RunAsync(HubFolder folder, params string[] arguments)
    {
        using var output = new StringWriter();
        var isRun = arguments[0] != "register";
        var code = await new RootCommand { SimulateCommand.Create(TimeProvider.System) }
            .Parse(["simulate", .. arguments, "--data", folder.Path, "--fleet", _scratch["fleet.json"], .. isRun ? ["--broker", $"127.0.0.1:{_port}"] : Array.Empty<string>()])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, Stop);
        return (code, output.ToString());
    }

    void StartBroker()
    {
        Needs.SkipOrFail("mosquitto", File.Exists("/usr/sbin/mosquitto"));
        File.WriteAllText(_scratch["mosquitto.conf"], $"user root\nlistener {_port} 127.0.0.1\nallow_anonymous true\n");
        _broker = Process.Start(new ProcessStartInfo("/usr/sbin/mosquitto", ["-c", _scratch["mosquitto.conf"]]) { RedirectStandardError = true });
        _broker?.BeginErrorReadLine();
    }

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
