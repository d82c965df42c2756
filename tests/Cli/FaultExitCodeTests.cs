using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary>Faults that lie before or beside a command's own work end in an exit code as well.</summary>
public sealed class FaultExitCodeTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Fact]
    public async Task Without_a_home_the_version_is_said_and_a_command_is_4()
    {
        var home = new Installation(
            Downloads.Profile("models.json"), () => StateFolder.Choose(_ => null), TimeProvider.System);

        Assert.Equal(ExitCode.Ok, await RunAsync(home, "--version"));
        Assert.Equal(ExitCode.Damaged, await RunAsync(home, "models list"));
        Assert.Contains("Set EDGEFACE_DATA", _error.ToString());
    }

    [Theory]
    [InlineData("--seconds NaN")]
    [InlineData("--seconds -1")]
    [InlineData("--threads -1")]
    public async Task A_measurement_without_sense_is_a_usage_error(string option)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(await HomeAsync(), $"bench {option}"));
        Assert.Contains(option.Split(' ')[0], _error.ToString());
    }

    [Theory]
    [InlineData("detect one.jpg --zoom abc", "--zoom")]
    [InlineData("detect one.jpg --bogus", "There is no option --bogus")]
    public async Task What_the_command_line_cannot_mean_is_a_usage_error(string line, string said)
    {
        await using var shell = await FaceCommandLine.StartAsync();

        Assert.Equal(ExitCode.Usage, await shell.RunAsync(line.Split(' ')));
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Equal("", shell.Output);
    }

    [Fact]
    public async Task A_measurement_without_a_face_is_3_and_names_the_picture()
    {
        var blank = _folder["blank.png"];
        await File.WriteAllBytesAsync(blank, Pictures.Blank(), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.BadInput, await RunAsync(await HomeAsync(), $"bench --seconds 0 --picture {blank}"));
        Assert.Contains($"{blank} has no face", _error.ToString());
    }

    [Theory]
    [InlineData("enroll Audrey {0} --embedder broken --force")]
    [InlineData("verify {0} {0} --embedder broken --threshold 0.5")]
    public async Task An_embedder_that_gives_no_numbers_is_4_and_named(string line)
    {
        await using var shell = await FaceCommandLine.StartAsync();
        shell.UseOwnModels();
        BrokenEmbedder.Install(shell.Data.Models);

        Assert.Equal(
            ExitCode.Damaged, await shell.RunAsync(string.Format(null, line, shell.Still("audrey.jpg")).Split(' ')));
        Assert.Contains("The model 'broken'", shell.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    static async Task<Installation> HomeAsync() => new(
        Downloads.Profile("models.json"),
        new StateFolder(Path.GetDirectoryName(await Downloads.ModelsAsync()) ?? ""), TimeProvider.System);

    Task<int> RunAsync(Installation home, string line)
    {
        var fetch = new PackageFetch(TimeProvider.System, "no-such-client");
        DemoMedia Media() => DemoMedia.Load(Downloads.Profile("media.json"));
        return CommandLine.RunAsync(
            line.Split(' '),
            [
                DetectCommand.Create(home), EnrollCommand.Create(home, new DaemonCall(() => [])), IdentifyCommand.Create(home),
                ModelsCommand.Create(home, fetch), EvaluateCommand.Create(home), BenchCommand.Create(home, Media, fetch),
                DemoCommand.Create(home, Media, fetch, Path.GetDirectoryName(home.Cards) ?? ""),
            ],
            _output, _error, TestContext.Current.CancellationToken);
    }
}
