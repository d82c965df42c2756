using EdgeFace.Tests.Hub.Browser;
using Xunit;

namespace EdgeFace.Tests.Hub.Cli;

public sealed class RunCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public async Task A_hub_that_listens_everywhere_says_the_address_by_which_it_is_reached()
    {
        await File.WriteAllTextAsync(_folder["hub.json"], """{ "address": "0.0.0.0", "public_host": "hub.example" }""", TestContext.Current.CancellationToken);
        using var hub = RunningProgram.Start(
            RunningProgram.Built("EdgeFace.Hub", "edgeface-hub"), ["run", "--data", _folder["hub"], "--config", _folder["hub.json"], "--port", "0", "--broker-port", "0"]);

        Assert.Matches("^https://hub\\.example:[0-9]+$", await hub.LineAsync("The hub's page: "));
        Assert.Matches("^https://hub\\.example:[0-9]+/setup\\?code=.{20,}$", await hub.LineAsync("Nobody can sign in yet. Make the first owner: "));
    }

    public void Dispose() => _folder.Dispose();
}
