using EdgeFace.Cli;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class ProvisionCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("https://hub.example:8443/")]
    public async Task The_address_is_taken_as_the_page_shows_it(string address)
    {
        Assert.Equal(ExitCode.BadInput, await RunAsync(address)); // the next thing that is looked at is the profile, and there is none
        Assert.Contains("is no profile that can be read", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hub.example")]
    [InlineData("/tmp")]
    [InlineData("ftp://hub.example")]
    public async Task What_is_no_address_of_a_page_is_refused_with_an_example(string address)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(address));
        Assert.Contains($"as https://hub.example:8443, not '{address}'", _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    Task<int> RunAsync(string address) => CommandLine.RunAsync(
        ["provision", address, "--device", "front", "--code", "abcde", "--profile", _folder["none.json"]],
        [ProvisionCommand.Create(new Installation(Downloads.Profile("models.json"), new StateFolder(_folder.Path), TimeProvider.System))],
        _output, _error, TestContext.Current.CancellationToken);
}
