using System.Diagnostics;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>
/// <c>/usr/bin/edgeface</c> of root, in a mount namespace whose /etc and /run are the test's own: what it has systemd run, by a
/// <c>systemd-run</c> that says so. That the key really arrives is shown by <c>tests/vm/run</c>.
/// </summary>
public sealed class InstalledCommandTests : IDisposable
{
    const string Plain = "LoadCredential=gallery.key:/etc/credstore/edgeface.gallery.key";
    const string Sealed = "LoadCredentialEncrypted=gallery.key:/etc/credstore.encrypted/edgeface.gallery.key";

    readonly ScratchFolder _folder = new();

    public InstalledCommandTests()
    {
        Needs.SkipOrFail("systemd", Environment.IsPrivilegedProcess && File.Exists("/usr/bin/unshare"));
        Directory.CreateDirectory(_folder["etc"]);
        Program("systemd-run", "printf '<%s>\\n' \"$@\"; cat; exit 7");
        Program("setpriv", "echo setpriv; exit 8");
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("credstore", Plain)]
    [InlineData("credstore.encrypted", Sealed)]
    public async Task A_key_that_systemd_keeps_is_handed_over_with_arguments_input_and_exit_code_kept(string store, string credential)
    {
        Keep(store);

        var (code, said) = await RunAsync("enroll", "A $b", "", "two\nlines\n");

        Assert.Equal(7, code);
        Assert.Contains($"<{credential}>\n", said, StringComparison.Ordinal);
        Assert.Contains("<User=edgeface>\n", said, StringComparison.Ordinal);
        Assert.Contains("<EDGEFACE_DATA=/var/lib/edgeface>\n", said, StringComparison.Ordinal);
        // systemd makes $ of $$, and a variable's value of what else follows a $.
        Assert.EndsWith(
            "<-->\n</usr/lib/edgeface/edgeface>\n<enroll>\n<A $$b>\n<>\n<two\nlines\n>\nsaid on its input\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_keys_the_sealed_one_is_taken()
    {
        Keep("credstore");
        Keep("credstore.encrypted");
        Assert.Contains($"<{Sealed}>\n", (await RunAsync("gallery", "list")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_such_a_key_and_for_what_needs_none_systemd_is_not_asked()
    {
        Assert.Equal((8, "setpriv\n"), await RunAsync("enroll"));
        Keep("credstore");
        Assert.Equal((8, "setpriv\n"), await RunAsync("unlock", "front"));
    }

    /// <summary>Profile and folder are root's to write; what is for the daemon, the program gives away itself.</summary>
    [Fact]
    public async Task What_makes_a_device_known_to_a_hub_runs_as_root()
    {
        Keep("credstore");
        var (code, said) = await RunAsync("provision", "https://hub.example");

        Assert.DoesNotContain("setpriv", said, StringComparison.Ordinal);
        Assert.Equal(127, code); // no program is installed here
    }

    void Keep(string store)
    {
        Directory.CreateDirectory(_folder["etc", store]);
        File.WriteAllText(_folder["etc", store, "edgeface.gallery.key"], "");
    }

    void Program(string name, string script)
    {
        Directory.CreateDirectory(_folder["bin"]);
        File.WriteAllText(_folder["bin", name], $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["bin", name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        const string Inside = "mount --bind \"$1/etc\" /etc && mount -t tmpfs none /run && mkdir -p /run/systemd/system "
            + "&& export PATH=\"$1/bin:$PATH\" && shift && exec sh \"$@\"";
        using var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/unshare", ["-m", "sh", "-c", Inside, "sh", _folder.Path, Repository.PathOf("systemd/edgeface.sh"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["EDGEFACE_DATA"] = null },
        });
        Assert.NotNull(process);
        await process.StandardInput.WriteAsync("said on its input\n".AsMemory(), Stop);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, said);
    }

    public void Dispose() => _folder.Dispose();
}
