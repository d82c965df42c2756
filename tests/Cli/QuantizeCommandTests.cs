using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class QuantizeCommandTests : IDisposable
{
    const string Landmarks = "landmarks68-faceplugin";

    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Theory]
    [InlineData("models quantize")]
    [InlineData("models quantize an-id --calibration here")]
    [InlineData("models quantize an-id --calibration here --images there --margin -1")]
    [InlineData("models quantize an-id --calibration here --images there --weight-bits 9")]
    [InlineData("models quantize an-id --calibration here --images there --range widest")]
    public async Task A_wrong_command_line_is_2(string line) => Assert.Equal(ExitCode.Usage, await RunAsync(line));

    [Fact]
    public async Task A_model_within_its_margin_is_installed_under_a_card_of_its_own()
    {
        await PrepareAsync();

        Assert.Equal(ExitCode.Ok, await RunAsync(Line(Landmarks, "--margin 20 --install --json")));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.True(report.GetProperty("installed").GetBoolean());
        Assert.InRange(report.GetProperty("loss_points").GetDouble(), 0.01, 20);
        Assert.True(report.GetProperty("int8").GetProperty("bytes").GetInt64() < report.GetProperty("float").GetProperty("bytes").GetInt64() / 2);
        var catalog = Home().Catalog();
        var card = catalog[$"{Landmarks}-int8"];
        Assert.NotEqual(catalog[Landmarks].ModelId, card.ModelId);
        Assert.Contains("quantised from", card.TrainingData);
        Assert.Equal(ExitCode.Ok, await RunAsync($"models verify {card.Id}"));

        // It is quantised: it cannot be once more, and its id is taken.
        Assert.Equal(ExitCode.Damaged, await RunAsync(Line(card.Id, "")));
        Assert.Contains("quantised already", _error.ToString());
        Assert.Equal(ExitCode.BadInput, await RunAsync(Line(Landmarks, "--install")));
        Assert.Contains("--id", _error.ToString());
    }

    [Fact]
    public async Task A_model_beyond_its_margin_is_refused_and_nothing_is_installed()
    {
        await PrepareAsync();

        Assert.Equal(ExitCode.No, await RunAsync(Line(Landmarks, $"--margin 0 --install --out {_folder.Path}")));

        Assert.Contains("is refused: it loses", _error.ToString());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*int8*", SearchOption.AllDirectories));
        Assert.DoesNotContain(Home().Catalog().Models, card => card.Id.EndsWith("int8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_was_written_is_brought_to_another_machine_with_its_card()
    {
        await PrepareAsync();
        Assert.Equal(ExitCode.Ok, await RunAsync(Line(Landmarks, $"--margin 20 --out {_folder.Path}")));

        var name = _folder[$"{Landmarks}-int8"];
        Assert.Equal(ExitCode.Ok, await RunAsync($"models install --card {name}.json --from {name}.onnx"));
        Assert.Equal(ExitCode.Ok, await RunAsync($"models verify {Landmarks}-int8"));
    }

    [Fact]
    public async Task An_embedder_is_judged_by_pairs_and_wants_them()
    {
        await PrepareAsync();
        Assert.Equal(ExitCode.BadInput, await RunAsync(Line("mobilefacenet-512", "")));
        Assert.Contains("--pairs", _error.ToString());

        string[] files = [.. PictureFolder.Files(_folder["test"]).Select(file => Path.GetFileName(file))];
        var rows = files.SelectMany((a, i) => files.Skip(i + 1).Select(b => $"{a},{b},{(a[..5] == b[..5] ? 1 : 0)}"));
        File.WriteAllLines(_folder["pairs.csv"], ["a,b,same", .. rows]);
        Assert.Equal(ExitCode.Ok, await RunAsync(Line("mobilefacenet-512", $"--margin 20 --json --pairs {_folder["pairs.csv"]}")));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal("accuracy on the pairs", report.GetProperty("measure").GetString());
        Assert.InRange(report.GetProperty("int8").GetProperty("accuracy").GetDouble(), 0.8, 1);
        Assert.True(report.GetProperty("speedup").GetDouble() > 0);
    }

    [Fact]
    public async Task A_picture_to_judge_by_is_none_that_was_learnt_from()
    {
        await PrepareAsync();
        var taken = PictureFolder.Files(_folder["calibration"])[0];
        File.Copy(taken, _folder["test", "copy.png"]);

        Assert.Equal(ExitCode.BadInput, await RunAsync(Line(Landmarks, "")));
        Assert.Contains("the same one", _error.ToString());
    }

    [Fact]
    public async Task A_kind_that_nothing_runs_is_refused()
    {
        await PrepareAsync();

        Assert.Equal(ExitCode.BadInput, await RunAsync(Line("hopenet-lite", "")));
        Assert.Contains("nothing runs", _error.ToString());
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    /// <summary>Installed models, frames of one video to learn from, and the demo's pictures to judge by.</summary>
    async Task PrepareAsync()
    {
        var (models, media) = (await Downloads.ModelsAsync(), await Downloads.MediaAsync());
        foreach (var folder in new[] { "models", "calibration", "test" }) Directory.CreateDirectory(_folder[folder]);
        foreach (var file in Directory.GetFiles(models, "*.onnx")) File.Copy(file, _folder["models", Path.GetFileName(file)]);
        foreach (var file in PictureFolder.Files(media)) File.Copy(file, _folder["test", Path.GetFileName(file)]);
        using var video = new VideoCapture(Path.Combine(media, "franck.mp4"));
        using var picture = new Mat();
        for (var frame = 0; frame < 120 && video.Read(picture); frame++)
            if (frame % 6 == 0) Assert.True(Cv2.ImWrite(_folder["calibration", $"{frame:D3}.png"], picture));
    }

    string Line(string id, string rest) =>
        $"models quantize {id} --calibration {_folder["calibration"]} --images {_folder["test"]} {rest}";

    Installation Home() => new(Downloads.Profile("models.json"), new StateFolder(_folder.Path), TimeProvider.System);

    Task<int> RunAsync(string line)
    {
        _output.GetStringBuilder().Clear();
        var models = ModelsCommand.Create(Home(), new PackageFetch(TimeProvider.System, "no-such-client"));
        var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return CommandLine.RunAsync(arguments, [models], _output, _error, TestContext.Current.CancellationToken);
    }
}
