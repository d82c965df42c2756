using EdgeFace.Cli;
using EdgeFace.Storage;
using EdgeFace.Tests.Link;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class BrokerCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Fact]
    public async Task Users_are_added_and_listed_and_may_connect_until_it_is_told_to_end()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("broker", "user", "add", "door-1"));
        Assert.Equal(ExitCode.Ok, await RunAsync("broker", "user", "add", "hub", "--hub"));
        Assert.Equal(ExitCode.Ok, await RunAsync("broker", "user", "list"));
        Assert.EndsWith("door-1 (device)\nhub (hub)\n", _output.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["data", "broker-accounts"]));

        _output.GetStringBuilder().Clear();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = TextWriter.Synchronized(_output);
        var running = RunAsync(output, stop.Token, "broker", "--listen", "127.0.0.1:0");
        await Eventually.TrueAsync(() => Said(output).Contains("MQTT without TLS at 127.0.0.1:", StringComparison.Ordinal), instead: () => _error.ToString());
        var said = Said(output);
        Assert.Contains("for door-1 (device), hub (hub)", said, StringComparison.Ordinal);
        var port = int.Parse(said.Split("127.0.0.1:")[1].Split(',')[0], null);
        await using (var device = await PlainClient.ConnectAsync(port, "door-1", "secret of tests")) Assert.True(device.IsConnected);

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await running);
        Assert.Contains("Refused: 0 connections", Said(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_account_it_says_how_to_make_one()
    {
        Assert.Equal(ExitCode.BadInput, await RunAsync("broker", "--listen", "127.0.0.1:0"));
        Assert.Contains("edgeface broker user add NAME", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "--listen takes", "broker", "--listen", "everywhere")]
    [InlineData(ExitCode.BadInput, "listen along", "broker", "--listen", "0.0.0.0:1883")]
    [InlineData(ExitCode.BadInput, "belong together", "broker", "--certificate", "one.pem")]
    [InlineData(ExitCode.BadInput, "is no name", "broker", "user", "add", "door/1")]
    public async Task What_cannot_be_is_said_in_a_line(int code, string said, params string[] arguments)
    {
        if (!arguments.Contains("add")) await RunAsync("broker", "user", "add", "door-1");

        Assert.Equal(code, await RunAsync(arguments));
        Assert.Contains(said, _error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A synchronised writer locks itself, and says nothing of what it wraps.</summary>
    string Said(TextWriter output)
    {
        lock (output) return _output.ToString();
    }

    Task<int> RunAsync(params string[] arguments) => RunAsync(_output, TestContext.Current.CancellationToken, arguments);

    Task<int> RunAsync(TextWriter output, CancellationToken stop, params string[] arguments)
    {
        var home = new Installation(Downloads.Profile("models.json"), new StateFolder(_folder["data"]), TimeProvider.System);
        return CommandLine.RunAsync(arguments, [BrokerCommand.Create(home, _ => "secret of tests")], output, _error, stop);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
