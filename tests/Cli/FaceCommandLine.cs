using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary>
/// The program as a shell sees it, with the real models, a gallery of its own and made-up operating points on the
/// embedder's card: what is tested is what a threshold does, not where it lies.
/// </summary>
sealed class FaceCommandLine : IAsyncDisposable
{
    readonly ScratchFolder _folder = new();

    FaceCommandLine(string models, string media)
    {
        Media = media;
        Data = new StateFolder(_folder["data"]);
        Data.Create();
        Directory.CreateSymbolicLink(Data.Models, models);
        Cards = _folder["models.json"];
        Directory.CreateSymbolicLink(_folder["cards"], Downloads.Profile("cards"));
        Directory.CreateSymbolicLink(_folder["hardware"], Downloads.Profile("hardware"));
        File.WriteAllText(Cards, WithOperatingPoints(File.ReadAllText(Downloads.Profile("models.json"))));
    }

    public static async Task<FaceCommandLine> StartAsync() =>
        new(await Downloads.ModelsAsync(), await Downloads.MediaAsync());

    public string Media { get; }

    public string Cards { get; }

    public StateFolder Data { get; private set; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string? Passphrase { get; set; }

    public string Still(string name) => Path.Combine(Media, name);

    public string this[string name] => _folder[name];

    public string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? "");
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }

    public string Link(string name, string still)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? "");
        File.CreateSymbolicLink(_folder[name], Still(still));
        return _folder[name];
    }

    /// <summary>The data folder elsewhere: on a disk that is full.</summary>
    public void MoveData(string path)
    {
        Data = new StateFolder(path);
        Directory.CreateSymbolicLink(Data.Models, _folder["data/models"]);
    }

    /// <summary>The models in a folder of the test's own, which it may change.</summary>
    public void UseOwnModels()
    {
        var models = new DirectoryInfo(Data.Models).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? "";
        Directory.Delete(Data.Models);
        Directory.CreateDirectory(Data.Models);
        foreach (var file in Directory.GetFiles(models, "*.onnx"))
            File.CreateSymbolicLink(Path.Combine(Data.Models, Path.GetFileName(file)), file);
    }

    public async Task<int> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var home = new Installation(Cards, Data, TimeProvider.System, TimeSpan.FromMilliseconds(10));
        var code = await CommandLine.RunAsync(
            arguments,
            [
                DetectCommand.Create(home), VerifyCommand.Create(home), EnrollCommand.Create(home, new DaemonCall(() => [_folder["control.sock"]])),
                IdentifyCommand.Create(home), GalleryCommand.Create(home, new Passphrase(_ => Passphrase)),
                ModelsCommand.Create(home, new PackageFetch(TimeProvider.System, "no-such-client")),
            ],
            output, error, TestContext.Current.CancellationToken);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    /// <summary>One element for each line of the output.</summary>
    public JsonElement[] Objects() => [.. Lines().Select(line => JsonDocument.Parse(line).RootElement)];

    public string[] Lines() => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>People in the gallery.</summary>
    public int Enrolled()
    {
        if (!File.Exists(Data.Gallery)) return 0;

        using var store = EdgeFace.Subjects.SubjectStore.Open(Data, TimeProvider.System);
        return store.Subjects().Count;
    }

    static string WithOperatingPoints(string cards)
    {
        var root = JsonNode.Parse(cards)?.AsObject() ?? [];
        var embedder = root["models"]?.AsArray().First(card => card?["kind"]?.GetValue<string>() == "embedding");
        Assert.NotNull(embedder);
        embedder["operating"] = JsonNode.Parse(
            """
            [
              {"similarity": 0.2, "fmr": 0.01, "fnmr": 0.01, "impostor_pairs": 1000000, "evidence": "made up"},
              {"similarity": 0.3, "fmr": 0.001, "fnmr": 0.02, "impostor_pairs": 1000000, "evidence": "made up"},
              {"similarity": 0.4, "fmr": 0.0001, "fnmr": 0.03, "impostor_pairs": 1000000, "evidence": "made up"}
            ]
            """);
        return root.ToJsonString();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
