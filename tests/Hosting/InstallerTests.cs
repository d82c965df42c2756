using System.Diagnostics;
using System.Text.RegularExpressions;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>
/// <c>systemd/install.sh</c> into a file system of the test's own, with releases whose program is a script: what is put where, and
/// what stays. That the service runs under a real systemd is shown by <c>tests/vm/run</c>.
/// </summary>
public sealed class InstallerTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    public InstallerTests()
    {
        Needs.SkipOrFail("systemd", Environment.IsPrivilegedProcess && File.Exists("/usr/bin/systemd-sysusers"));
        Directory.CreateDirectory(_folder["root", "etc"]);
    }

    string Program => _folder["root", "usr", "lib", "edgeface"];

    string State => _folder["root", "var", "lib", "edgeface"];

    [Fact]
    public async Task It_puts_everything_in_place_and_again_changes_nothing()
    {
        var release = await ReleaseAsync("1.0");

        Assert.Equal(0, (await InstallAsync(release)).Code);
        var first = Directory.ResolveLinkTarget(Program, returnFinalTarget: true)?.FullName;
        Assert.Equal(0, (await InstallAsync(release)).Code);

        Assert.Equal(first, Directory.ResolveLinkTarget(Program, returnFinalTarget: true)?.FullName);
        Assert.Equal(Repository.Read("systemd/edgeface.service"), Text("usr", "lib", "systemd", "system", "edgeface.service"));
        Assert.Contains("edgeface:", Text("etc", "passwd"), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["root", "usr", "bin", "edgeface"]));
        Assert.True(File.Exists(_folder["root", "usr", "lib", "udev", "rules.d", "70-edgeface.rules"]));
        Assert.Equal("700 edgeface", await ModeAsync(State));
        Assert.Equal("750 root", await ModeAsync(_folder["root", "etc", "edgeface"]));
    }

    [Fact]
    public async Task An_upgrade_keeps_what_is_known_and_one_version_to_go_back_to()
    {
        await InstallAsync(await ReleaseAsync("1.0"));
        await File.WriteAllTextAsync(Path.Combine(State, "gallery.db"), "people", Stop);
        var first = Directory.ResolveLinkTarget(Program, returnFinalTarget: true)?.FullName ?? "";

        Assert.Equal(0, (await InstallAsync(await ReleaseAsync("2.0"))).Code);
        Assert.Contains("2.0", await File.ReadAllTextAsync(Path.Combine(Program, "edgeface"), Stop), StringComparison.Ordinal);
        Assert.True(Directory.Exists(first));
        Assert.Equal(0, (await InstallAsync(await ReleaseAsync("3.0"))).Code);

        Assert.False(Directory.Exists(first));
        Assert.Equal("people", await File.ReadAllTextAsync(Path.Combine(State, "gallery.db"), Stop));
    }

    [Fact]
    public async Task A_version_that_does_not_run_changes_nothing()
    {
        await InstallAsync(await ReleaseAsync("1.0"));
        var first = Directory.ResolveLinkTarget(Program, returnFinalTarget: true)?.FullName;

        var (code, said) = await InstallAsync(await ReleaseAsync("2.0", script: "echo cannot >&2; exit 70"));

        Assert.Equal(1, code);
        Assert.Contains("cannot", said, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", said, StringComparison.Ordinal);
        Assert.Equal(first, Directory.ResolveLinkTarget(Program, returnFinalTarget: true)?.FullName);
        Assert.Empty(Directory.GetDirectories(_folder["root", "usr", "lib", "edgeface.releases"], ".staged.*"));
    }

    [Fact]
    public async Task Taken_away_it_leaves_people_and_rules_and_purged_nothing()
    {
        await InstallAsync(await ReleaseAsync("1.0"));
        await File.WriteAllTextAsync(Path.Combine(State, "gallery.db"), "people", Stop);

        Assert.Equal(0, (await RunAsync("--uninstall", "--root", _folder["root"])).Code);
        Assert.False(Path.Exists(Program));
        Assert.True(File.Exists(Path.Combine(State, "gallery.db")));

        Assert.Equal(0, (await RunAsync("--uninstall", "--purge", "--root", _folder["root"])).Code);
        Assert.False(Path.Exists(State) || Path.Exists(_folder["root", "etc", "edgeface"]));
    }

    [Theory]
    [InlineData(2, "--purge")]
    [InlineData(2, "--no-such-option")]
    [InlineData(4, "--from", "/etc")]
    public async Task What_cannot_be_meant_is_refused(int expected, params string[] arguments) =>
        Assert.Equal(expected, (await RunAsync([.. arguments, "--root", _folder["root"]])).Code);

    /// <summary>A function named install once stood before the program of that name, and a release was installed within itself.</summary>
    [Fact]
    public void No_function_of_the_script_hides_a_program() => Assert.DoesNotContain(
        Regex.Matches(Repository.Read("systemd/install.sh"), @"^(?<name>\w+)\(\)", RegexOptions.Multiline).Select(each => each.Groups["name"].Value),
        name => File.Exists($"/usr/bin/{name}"));

    /// <summary>The figure that an auditor asks for first; systemd computes it from the unit alone.</summary>
    [Fact]
    public async Task The_unit_s_exposure_is_one_and_a_half_at_most()
    {
        var (code, said) = await ShellAsync(
            "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", Repository.PathOf("systemd/edgeface.service"));

        Assert.Contains("Overall exposure level", said, StringComparison.Ordinal);
        Assert.True(code == 0, said.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A folder as release.sh makes it.</summary>
    async Task<string> ReleaseAsync(string version, string? script = null)
    {
        var release = _folder[$"release-{version}"];
        var units = Directory.CreateDirectory(Path.Combine(release, "systemd")).FullName;
        Directory.CreateDirectory(Path.Combine(release, "device-profiles"));
        foreach (var name in new[] { "service", "sysusers", "tmpfiles", "rules", "sh" })
            File.Copy(Repository.PathOf($"systemd/edgeface.{name}"), Path.Combine(units, $"edgeface.{name}"));
        await File.WriteAllTextAsync(Path.Combine(release, "edgeface"), $"#!/bin/sh\n{script ?? $"echo {version}"}\n", Stop);
        await ShellAsync("chmod", "0755", Path.Combine(release, "edgeface"));
        return release;
    }

    Task<(int Code, string Said)> InstallAsync(string release) =>
        RunAsync("--from", release, "--root", _folder["root"], "--without-models");

    static Task<(int Code, string Said)> RunAsync(params string[] arguments) =>
        ShellAsync("bash", [Repository.PathOf("systemd/install.sh"), .. arguments]);

    async Task<string> ModeAsync(string path)
    {
        // By the number: the user is of that root's passwd, and not of this machine's.
        var (_, said) = await ShellAsync("stat", "-c", "%a %u", path);
        var (mode, number) = (said.Split(' ')[0], said.Trim().Split(' ')[1]);
        return $"{mode} {Text("etc", "passwd").Split('\n').FirstOrDefault(line => line.Split(':') is [_, _, var id, ..] && id == number)?.Split(':')[0] ?? "root"}";
    }

    string Text(params string[] place) => File.ReadAllText(_folder[["root", .. place]]);

    static async Task<(int Code, string Said)> ShellAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        Assert.NotNull(process);
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, string.Concat(said));
    }

    public void Dispose() => _folder.Dispose();
}
