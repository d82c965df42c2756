using System.Diagnostics;
using EdgeFace.Storage;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary>Parts of the launcher, taken out of it and run by the shell: the whole would build and fetch.</summary>
public sealed class LauncherTests
{
    [Theory]
    [InlineData("EDGEFACE_DATA=/said STATE_DIRECTORY=/state XDG_DATA_HOME=/xdg HOME=/users/me")]
    [InlineData("STATE_DIRECTORY=/state:/other XDG_DATA_HOME=/xdg HOME=/users/me")]
    [InlineData("XDG_DATA_HOME=/xdg HOME=/users/me")]
    [InlineData("XDG_DATA_HOME=relative HOME=/users/me")]
    [InlineData("EDGEFACE_DATA= HOME=/users/me")]
    public async Task It_finds_the_data_folder_where_the_program_does(string variables)
    {
        var set = variables.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(StateFolder.Choose(set.GetValueOrDefault).Path, await ShellAsync("data_folder() {", "}", "data_folder", set));
    }

    [Theory]
    [InlineData("gallery list", "")]
    [InlineData("gallery remove Audrey", "")]
    [InlineData("models list", "")]
    [InlineData("models verify", "")]
    [InlineData("models install", "npm")]
    [InlineData("models install --from a.tgz", "")]
    [InlineData("--version", "")]
    [InlineData("detect --help", "")]
    [InlineData("detect a.jpg", "models")]
    [InlineData("demo", "models")]
    public async Task It_brings_models_only_for_what_runs_models(string line, string brought) =>
        Assert.Equal(brought, await ShellAsync(
            "case \"${1:-} ${2:-}\" in", "esac", "", [], $"bring_models() {{ echo models; }}; bring_npm() {{ echo npm; }}; set -- {line}"));

    /// <summary>Runs the lines of the launcher from one to another.</summary>
    static async Task<string> ShellAsync(
        string from, string to, string after, Dictionary<string, string> variables, string before = "")
    {
        var lines = Repository.Read("edgeface").Split('\n');
        var first = Array.IndexOf(lines, from);
        var part = string.Join('\n', lines[first..(Array.IndexOf(lines, to, first) + 1)]);
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", $"{before}\n{part}\n{after}"])
        {
            RedirectStandardOutput = true,
        };
        foreach (var name in new[] { "EDGEFACE_DATA", "STATE_DIRECTORY", "XDG_DATA_HOME", "HOME" })
            start.Environment[name] = variables.GetValueOrDefault(name);
        using var shell = Process.Start(start);
        Assert.NotNull(shell);
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
        return output.TrimEnd('\n');
    }
}
