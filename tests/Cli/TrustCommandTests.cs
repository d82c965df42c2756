using System.Security.Cryptography;
using EdgeFace.Cli;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class TrustCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task It_makes_a_key_for_each_role_that_only_its_owner_may_read_and_the_set_that_trusts_them()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("create", _folder["keys"]));

        var trust = TrustedKeys.Parse(await File.ReadAllBytesAsync(_folder["keys/trust.json"], TestContext.Current.CancellationToken));
        foreach (var role in Enum.GetValues<KeyRole>())
        {
            var file = _folder[$"keys/{role.ToString().ToLowerInvariant()}.key"];
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            using var pair = ECDsa.Create();
            pair.ImportFromPem(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            using var key = new SigningKey(pair);
            Assert.Equal([role], Enum.GetValues<KeyRole>().Where(each => trust.Find(key.Public.Id, each) is not null));
        }

        using var sealing = ECDiffieHellman.Create();
        sealing.ImportFromPem(await File.ReadAllTextAsync(_folder["keys/sealing.key"], TestContext.Current.CancellationToken));
        Assert.Equal(sealing.ExportSubjectPublicKeyInfo(), trust.SealingKey);
    }

    [Fact]
    public async Task No_key_is_written_over()
    {
        await RunAsync("create", _folder["keys"]);
        var before = await File.ReadAllTextAsync(_folder["keys/root.key"], TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.BadInput, await RunAsync("create", _folder["keys"]));
        Assert.Equal(before, await File.ReadAllTextAsync(_folder["keys/root.key"], TestContext.Current.CancellationToken));
        Assert.Contains("Name another folder", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_shows_which_keys_are_trusted_with_what_and_says_when_it_is_no_such_set()
    {
        await RunAsync("create", _folder["keys"]);

        Assert.Equal(ExitCode.Ok, await RunAsync("show", _folder["keys/trust.json"]));
        Assert.Matches("(?m)^[0-9a-f]{32}  enrollment$", _output.ToString());
        Assert.Equal(ExitCode.BadInput, await RunAsync("show", _folder["keys/root.key"]));
        Assert.Contains("no set of trusted keys", _error.ToString(), StringComparison.Ordinal);
    }

    Task<int> RunAsync(params string[] line) =>
        CommandLine.RunAsync(["trust", .. line], [TrustCommand.Create()], _output, _error, TestContext.Current.CancellationToken);
}
