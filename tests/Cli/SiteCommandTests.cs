using EdgeFace.Cli;
using EdgeFace.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class SiteCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Fact]
    public async Task The_example_is_read_out()
    {
        Assert.Equal(ExitCode.Ok, await CheckAsync(Downloads.Profile("site-example.json")));

        var said = _output.ToString();
        Assert.All(
            [
                "4 doors", "Europe/Berlin, where it is 2026-11-25 11:00", "door front, from street to hall",
                "  staff: office, by card-or-face", "  vault: office, by face+card, two persons",
                "  nobody comes in twice without going out", "  held unlocked: office, once somebody has passed that day",
                "schedule office (now)", "  mon-fri: 07:00-19:00", "  holidays public: closed", "  2026-12-31: closed",
                "schedule night (not now)", "after 5 failed attempts in a row: locked out for 30 s, doubling up to 900 s",
            ],
            line => Assert.Contains(line, said, StringComparison.Ordinal));
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task All_faults_are_said_one_a_line_and_the_exit_code_is_78()
    {
        var file = _folder["site.json"];
        await File.WriteAllTextAsync(file, "{ \"doors\": {\n \"front\\u001b[2J\": { \"rules\": [ { \"groups\": [\"staff\"] } ] } },\n \"nothing\": 1 }",
            TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Config, await CheckAsync(file));
        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"{file}:2:", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file}:3:2 $.nothing: there is no such key", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', _error.ToString());
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_78_too()
    {
        Assert.Equal(ExitCode.Config, await CheckAsync(_folder["nowhere.json"]));
        Assert.Contains("there is no such file", _error.ToString(), StringComparison.Ordinal);
    }

    Task<int> CheckAsync(string file)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero));
        var home = new Installation(Downloads.Profile("models.json"), new StateFolder(_folder["data"]), time);
        return CommandLine.RunAsync(
            ["site", "check", file], [SiteCommand.Create(home)], _output, _error, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
