using System.Text.Json;
using EdgeFace.Cli;
using EdgeFace.Inference;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary><c>bench</c> with no time at all: what it prints, not how fast this machine is.</summary>
public sealed class BenchCommandTests : IDisposable
{
    static readonly string[] Stages = ["detection", "landmarks", "embedding", "liveness", "frame"];

    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Fact]
    public async Task Each_stage_and_the_whole_are_measured_with_1_2_4_and_8_in_flight_beside_what_was_there_before()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("--json"));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.All(
            ["pipeline_ms", "raw_inference_ms", "pipeline_ratio", "search_100k_ms", "search_ratio", "peak_rss_mb"],
            key => Assert.True(report.GetProperty(key).GetDouble() > 0, key));
        Assert.True(report.GetProperty("profile").GetProperty("fits").GetBoolean());
        var rows = report.GetProperty("throughput").EnumerateArray().ToArray();
        Assert.Equal(Stages, rows.Select(row => row.GetProperty("stage").GetString()));
        Assert.All(rows, row =>
        {
            Assert.Equal("cpu", row.GetProperty("provider").GetString());
            var timings = row.GetProperty("in_flight").EnumerateArray().ToArray();
            Assert.Equal([1, 2, 4, 8], timings.Select(timing => timing.GetProperty("requests").GetInt32()));
            Assert.All(timings, timing =>
            {
                Assert.True(timing.GetProperty("count").GetInt32() >= timing.GetProperty("requests").GetInt32());
                Assert.True(timing.GetProperty("per_second").GetDouble() > 0);
                Assert.True(timing.GetProperty("p50_ms").GetDouble() <= timing.GetProperty("p95_ms").GetDouble());
            });
        });
    }

    [Fact]
    public async Task A_profile_of_a_board_that_nobody_has_seen_says_so_with_what_of_it_cannot_be_had_here()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("--markdown --profile jetson-nano"));

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("| profile | stage | model | on | 1 in flight | 2 | 4 | 8 |", lines[0]);
        string[] rows = [.. lines.Skip(2).TakeWhile(line => line.StartsWith('|'))];
        Assert.Equal(Stages.Length, rows.Length);
        Assert.All(rows, row => Assert.StartsWith("| jetson-nano (never seen on its hardware) | ", row, StringComparison.Ordinal));
        Assert.All(rows, row => Assert.Contains(" | cpu | ", row, StringComparison.Ordinal));
        Assert.All(
            [
                "Profile jetson-nano, 4 threads an inference", "This profile was never seen on its hardware.", "This machine is not what jetson-nano is for",
                "tensorrt 0 fp16 is not used here (detection, landmarks, embedding, liveness): none that this program takes drives ",
                "To change that, nothing helps but the processor",
            ],
            said => Assert.Contains(said, _output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Threads_that_are_said_win_over_those_of_the_profile()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("--markdown --profile jetson-nano --threads 1"));

        Assert.Contains("1 thread an inference", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_8_bit_model_that_is_installed_is_measured_beside_the_other_and_in_the_whole_frame()
    {
        // Other bytes under such an id: what is measured is told by the card, not by what is in it.
        var home = await HomeAsync();
        var embedder = home.Catalog().DefaultOf(ModelKind.Embedding);
        var cards = ModelInstaller.CardsFolder(home.Data.Models);
        Directory.CreateDirectory(cards);
        await File.WriteAllTextAsync(Path.Combine(cards, "other.json"), JsonSerializer.Serialize(
            embedder with { Id = $"{embedder.Id}-int8" }, ModelCatalogJson.Default.ModelCard), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Ok, await RunAsync("--markdown"));

        Assert.All(
            [$"| embedding | {embedder.Id} |", $"| embedding | {embedder.Id}-int8 |", "| frame | default pack |", $"| frame | with {embedder.Id}-int8 |"],
            row => Assert.Contains(row, _output.ToString(), StringComparison.Ordinal));
        Assert.Equal(Stages.Length + 2, _output.ToString().Split('\n').Count(line => line.StartsWith('|')) - 2);
    }

    [Theory]
    [InlineData("--profile no-such", ExitCode.Config, "there is no hardware profile 'no-such'; there are: arm64-cpu")]
    [InlineData("--models embedding", ExitCode.Usage, "--models takes STAGE=CARD")]
    [InlineData("--models nose=mobilefacenet-512", ExitCode.Usage, "not \"nose=mobilefacenet-512\"")]
    [InlineData("--models embedding=a embedding=b", ExitCode.Usage, "embedding is named twice")]
    [InlineData("--json --markdown", ExitCode.Usage, "not both")]
    [InlineData("--markdown --models embedding=no-such", ExitCode.BadInput, "There is no model card 'no-such'")]
    [InlineData("--markdown --models embedding=minifasnet-se", ExitCode.BadInput, "not an embedder")]
    public async Task What_cannot_be_measured_is_refused_with_what_could(string options, int code, string said)
    {
        Assert.Equal(code, await RunAsync(options));
        Assert.Contains(said, _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    async Task<int> RunAsync(string options)
    {
        var (home, fetch) = (await HomeAsync(), new PackageFetch(TimeProvider.System, "no-such-client"));
        var still = Path.Combine(await Downloads.MediaAsync(), "franck_02045.jpg");
        return await CommandLine.RunAsync(
            $"bench --seconds 0 --picture {still} {options}".Split(' '),
            [BenchCommand.Create(home, () => DemoMedia.Load(Downloads.Profile("media.json")), fetch)],
            _output, _error, TestContext.Current.CancellationToken);
    }

    /// <summary>The default pack in a folder of the test's own.</summary>
    async Task<Installation> HomeAsync()
    {
        var data = new StateFolder(_folder["data"]);
        if (!Directory.Exists(data.Models))
        {
            Directory.CreateDirectory(data.Models);
            foreach (var file in Directory.GetFiles(await Downloads.ModelsAsync(), "*.onnx"))
                File.CreateSymbolicLink(Path.Combine(data.Models, Path.GetFileName(file)), file);
        }

        return new Installation(Downloads.Profile("models.json"), data, TimeProvider.System);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
