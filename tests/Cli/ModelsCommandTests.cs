using System.Text.Json;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class ModelsCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    string Models => _folder["models"];

    [Theory]
    [InlineData("")]
    [InlineData("models")]
    [InlineData("models frobnicate")]
    [InlineData("models list --jsno")]
    [InlineData("models install --card card.json")]
    [InlineData("models install an-id --card card.json --from file.onnx")]
    public async Task A_wrong_command_line_is_2_and_nothing_on_the_output(string line)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(line));
        Assert.Equal("", _output.ToString());
        Assert.Matches("Try: edgeface (models (list |install )?)?--help", _error.ToString());
    }

    [Theory]
    [InlineData("models install no-such-id", "no-such-id", ExitCode.BadInput)]
    [InlineData("models install --from /no/such/file", "/no/such/file", ExitCode.BadInput)]
    [InlineData("models install", "npm", ExitCode.Damaged)]
    [InlineData("models verify", "edgeface models install", ExitCode.Damaged)]
    public async Task A_fault_has_its_exit_code_and_says_what_to_do(string line, string said, int code)
    {
        Assert.Equal(code, await RunAsync(line));
        Assert.Contains(said, _error.ToString());
    }

    [Fact]
    public async Task The_version_is_a_number_and_no_more()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("--version"));
        Assert.True(Version.TryParse(_output.ToString().Trim(), out _));
    }

    [Fact]
    public async Task A_program_reads_one_object_per_line_in_snake_case()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("models list --json"));

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal("ultraface-rfb320", first.GetProperty("id").GetString());
        Assert.Equal("missing", first.GetProperty("state").GetString());
        Assert.True(first.GetProperty("in_default_pack").GetBoolean());
    }

    [Fact]
    public async Task A_model_of_ones_own_is_installed_listed_and_verified()
    {
        var model = TinyOnnx.Build();
        Write(_folder["given.onnx"], model); // under another name than the card's
        var card = WriteCard(model, "own");

        Assert.Equal(ExitCode.Ok, await RunAsync($"models install --card {card} --from {_folder["given.onnx"]}"));
        Assert.Equal(ExitCode.Ok, await RunAsync($"models install --card {card} --from {_folder["given.onnx"]}"));
        Assert.Equal(ExitCode.Ok, await RunAsync("models verify own"));
        await RunAsync("models list");
        Assert.Contains("own ", _output.ToString());

        Write(_folder["models", "own.onnx"], [.. model[..^1], 0]);
        Assert.Equal(ExitCode.Damaged, await RunAsync("models verify own"));
        Assert.Contains("edgeface models install own --from FILE", _error.ToString());
        Assert.Equal(ExitCode.Ok, await RunAsync($"models install own --from {_folder["given.onnx"]}"));
        Assert.Equal(ExitCode.Ok, await RunAsync("models verify own"));
    }

    [Fact]
    public async Task A_model_that_is_not_its_cards_leaves_neither_file_nor_card()
    {
        Write(_folder["given.onnx"], TinyOnnx.Build());
        var card = WriteCard([1, 2, 3], "own");

        Assert.Equal(ExitCode.BadInput, await RunAsync($"models install --card {card} --from {_folder["given.onnx"]}"));
        Assert.Empty(Directory.GetFiles(_folder.Path, "own*", SearchOption.AllDirectories));
        Assert.Equal(ExitCode.BadInput, await RunAsync("models verify own"));
    }

    [Fact]
    public async Task A_card_under_a_shipped_id_is_refused()
    {
        var model = TinyOnnx.Build();
        Write(_folder["given.onnx"], model);
        var card = WriteCard(model, "hopenet-lite");

        Assert.Equal(ExitCode.BadInput, await RunAsync($"models install --card {card} --from {_folder["given.onnx"]}"));
        Assert.Contains("same id", _error.ToString());
        Assert.False(Directory.Exists(ModelInstaller.CardsFolder(Models)));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    Task<int> RunAsync(string line)
    {
        var home = new Installation(
            Downloads.Profile("models.json"), new StateFolder(Path.GetDirectoryName(Models) ?? ""), TimeProvider.System);
        var models = ModelsCommand.Create(home, new PackageFetch(TimeProvider.System, "no-such-client"));
        var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return CommandLine.RunAsync(arguments, [models], _output, _error, TestContext.Current.CancellationToken);
    }

    static void Write(string path, byte[] bytes) => File.WriteAllBytes(path, bytes);

    string WriteCard(byte[] model, string id)
    {
        var pin = TinyOnnx.Card(model, id);
        File.WriteAllText(_folder["card.json"], $$"""
            {
              "id": "{{id}}", "kind": "pose", "file": "{{id}}.onnx", "bytes": {{pin.Bytes}}, "sha256": "{{pin.Sha256}}",
              "licence": "mine", "training_data": "none", "source": {},
              "input": { "width": 8, "height": 8, "colour": "bgr", "mean": [0], "scale": [1] }
            }
            """);
        return _folder["card.json"];
    }
}
