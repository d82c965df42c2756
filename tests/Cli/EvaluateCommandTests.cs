using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Storage;
using EdgeFace.Tests.Capture;
using EdgeFace.Tests.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class EvaluateCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    string _models = "";

    public EvaluateCommandTests() => _models = _folder["models"];

    [Theory]
    [InlineData("evaluate pairs list.csv", ExitCode.Usage, "--images")]
    [InlineData("evaluate detect", ExitCode.Usage, "annotations")]
    [InlineData("evaluate detect list.xml --iou 1.5", ExitCode.Usage, "at most 1")]
    [InlineData("evaluate detect list.xml --score 0", ExitCode.Usage, "0.05")]
    [InlineData("evaluate detect /no/such.xml", ExitCode.BadInput, "/no/such.xml")]
    [InlineData("evaluate detect /no/such.xml --detector nobody", ExitCode.BadInput, "ultraface-rfb320")]
    [InlineData("evaluate pairs /no/such.csv --images /no", ExitCode.BadInput, "/no/such.csv")]
    [InlineData("evaluate pairs /no/such.csv --images /no --out /no/a.json", ExitCode.BadInput, "folder is missing")]
    [InlineData("evaluate identify /no/such.csv", ExitCode.BadInput, "/no/such.csv")]
    public async Task A_fault_has_its_exit_code_and_says_what_is_wrong(string line, int code, string said)
    {
        Assert.Equal(code, await RunAsync(line));
        Assert.Contains(said, _error.ToString());
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task A_detector_that_is_not_installed_is_4_and_the_command_that_mends_it_is_said()
    {
        Blank("blank.png");
        var list = Write("list.xml", Annotations("<image file='blank.png'/>"));

        Assert.Equal(ExitCode.Damaged, await RunAsync($"evaluate detect {list} --detector yunet-n"));
        Assert.Contains("edgeface models install yunet-n", _error.ToString());
    }

    [Fact]
    public async Task Every_picture_meets_every_other_one_when_its_folder_says_whom_it_shows()
    {
        await TakePicturesAsync();
        var list = Write("pairs.csv",
            "a,b,same\nfranck/1.jpg,franck/2.jpg,1\nfranck/1.jpg,franck/blank.png,1\n"
            + "audrey/1.jpg,cage/1.jpg,0\nfranck/1.jpg,audrey/1.jpg,0\n");

        var code = await RunAsync(
            $"evaluate pairs {list} --images {_folder.Path} --json "
            + $"--out {_folder["out.json"]} --det {_folder["det.png"]}");

        Assert.Equal(ExitCode.Ok, code);
        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal("folders", report.GetProperty("identities").GetString());
        Assert.Equal(5, report.GetProperty("pictures").GetInt32());
        Assert.Equal(1, report.GetProperty("genuine_pairs").GetInt32());
        Assert.Equal(4 * 3 / 2 - 1, report.GetProperty("impostor_pairs").GetInt32());
        Assert.Equal(["franck/blank.png"], Strings(report.GetProperty("failures_to_acquire")));
        Assert.True(report.GetProperty("accuracy").GetDouble() <= 0.75, "the pair without a face is wrong");
        Assert.Equal(0, report.GetProperty("eer").GetDouble());
        Assert.True(report.GetProperty("timing_ms").GetProperty("embed").GetDouble() > 0);
        Assert.Equal(_output.ToString(), await ReadAsync("out.json"));
        Assert.True(File.Exists(_folder["det.png"]));
    }

    [Fact]
    public async Task Only_the_listed_pairs_count_when_folders_say_nothing()
    {
        await TakePicturesAsync();
        var list = Write("pairs.csv",
            "a,b,same\nfranck/1.jpg,franck/2.jpg,1\nfranck/2.jpg,franck/1.jpg,1\n"
            + "cage/1.jpg,cage/1.jpg,0\nfranck/1.jpg,audrey/1.jpg,0\n");

        Assert.Equal(ExitCode.Ok, await RunAsync($"evaluate pairs {list} --images {_folder.Path} --json"));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal("listed_pairs", report.GetProperty("identities").GetString());
        Assert.Equal(2, report.GetProperty("genuine_pairs").GetInt32());
        Assert.Equal(2, report.GetProperty("impostor_pairs").GetInt32());
    }

    [Fact]
    public async Task A_search_without_a_face_is_a_miss_for_the_enrolled_and_nothing_for_a_stranger()
    {
        await TakePicturesAsync();
        Directory.CreateDirectory(_folder["nobody"]);
        Blank("nobody/1.png");
        var list = Write("list.csv",
            "role,identity,path\ngallery,franck,franck/1.jpg\ngallery,audrey,audrey/1.jpg\nprobe,franck,franck/2.jpg\n"
            + "probe,franck,franck/blank.png\nprobe,cage,cage/1.jpg\nprobe,nobody,nobody/1.png\n");

        Assert.Equal(ExitCode.Ok, await RunAsync($"evaluate identify {list} --json"));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(0.5, report.GetProperty("rank1").GetDouble());
        Assert.Equal(
            (2, 2, 1),
            (report.GetProperty("subjects").GetInt32(), report.GetProperty("mated_probes").GetInt32(),
                report.GetProperty("non_mated_probes").GetInt32()));
        Assert.Equal(["franck/blank.png", "nobody/1.png"], Strings(report.GetProperty("failures_to_acquire")));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("fnir_at_fpir").GetProperty("1e-2").ValueKind);
    }

    [Fact]
    public async Task Text_for_people_lists_the_pictures_without_a_face()
    {
        await TakePicturesAsync();
        var list = Write("list.csv",
            "role,identity,path\ngallery,franck,franck/1.jpg\nprobe,franck,franck/2.jpg\n"
            + "probe,franck,franck/blank.png\nprobe,cage,cage/1.jpg\n");

        Assert.Equal(ExitCode.Ok, await RunAsync($"evaluate identify {list}"));

        Assert.Contains("Rank-1 50.00 % of 2 searches", _output.ToString());
        Assert.Contains("no: fewer than 1 / FPIR searches", _output.ToString());
        Assert.EndsWith("Failures to acquire: 1 of 4 pictures\n  franck/blank.png\n", _output.ToString());
    }

    [Fact]
    public async Task A_box_on_a_marked_face_is_found_and_a_mark_on_nothing_is_missed()
    {
        await TakePicturesAsync();
        var face = FindFace(_folder["franck", "1.jpg"]);
        var list = Write("list.xml", Annotations(FormattableString.Invariant(
            $"""
            <image file='franck/1.jpg'>
              <box left='{face.Left}' top='{face.Top}' width='{face.Width}' height='{face.Height}'/>
            </image>
            <image file='franck/blank.png'><box left='1' top='1' width='20' height='20'/></image>
            """)));

        Assert.Equal(ExitCode.Ok, await RunAsync($"evaluate detect {list} --json --detector ultraface-rfb320"));

        var report = JsonDocument.Parse(_output.ToString()).RootElement[0];
        Assert.Equal("ultraface-rfb320", report.GetProperty("card").GetString());
        Assert.Equal(0.5, report.GetProperty("recall").GetDouble());
        Assert.Equal(1, report.GetProperty("precision").GetDouble());
        Assert.Equal(0.4, report.GetProperty("iou").GetDouble());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("landmark_recall").ValueKind);
    }

    [Fact]
    public async Task Sixty_pairs_of_lfw_are_judged_as_well_as_the_whole_of_it()
    {
        var lfw = Path.Combine(SharedData.Folder, "lfw-view1");
        Needs.SkipOrFail("shared", Directory.Exists(lfw));
        _models = await Downloads.ModelsAsync();
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(lfw, "pairsDevTest.txt"), TestContext.Current.CancellationToken);
        var list = Write("pairs.txt", string.Join(
            '\n', lines.Where(line => line.Split('\t').Length == 3).Take(30)
                .Concat(lines.Where(line => line.Split('\t').Length == 4).Take(30))));

        Assert.Equal(ExitCode.Ok, await RunAsync(
            $"evaluate pairs {list} --images {Path.Combine(lfw, "images")} --card-points --out {_folder["out.json"]}"));

        var report = JsonDocument.Parse(await ReadAsync("out.json")).RootElement;
        Assert.True(report.GetProperty("accuracy").GetDouble() >= 0.95);
        Assert.Empty(Strings(report.GetProperty("failures_to_acquire")));
        Assert.NotEmpty(
            JsonSerializer.Deserialize(_output.ToString(), EvaluationJson.Default.IReadOnlyListMeasuredPoint) ?? []);
    }

    [Fact]
    public async Task The_default_detector_finds_the_marked_faces_of_real_photographs_with_their_points()
    {
        var list = Path.Combine(SharedData.Folder, "detection", "testing_with_face_landmarks.xml");
        Needs.SkipOrFail("shared", File.Exists(list));
        _models = await Downloads.ModelsAsync();

        Assert.Equal(ExitCode.Ok, await RunAsync($"evaluate detect {list} --json"));

        var report = JsonDocument.Parse(_output.ToString()).RootElement[0];
        Assert.True(report.GetProperty("recall").GetDouble() >= 0.8);
        Assert.True(report.GetProperty("precision").GetDouble() >= 0.95);
        Assert.True(report.GetProperty("landmark_recall").GetDouble() >= 0.8);
        Assert.InRange(report.GetProperty("landmark_nme_median").GetDouble(), 0, 0.06);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    /// <summary>Two pictures of one man, one each of two others, and one of nobody.</summary>
    async Task TakePicturesAsync()
    {
        _models = await Downloads.ModelsAsync();
        var media = await Downloads.MediaAsync();
        (string From, string Name, string To)[] pictures =
        [
            ("franck_01829.jpg", "franck", "1.jpg"), ("franck_02045.jpg", "franck", "2.jpg"),
            ("audrey.jpg", "audrey", "1.jpg"), ("cage.jpg", "cage", "1.jpg"),
        ];
        foreach (var (from, name, to) in pictures)
        {
            Directory.CreateDirectory(_folder[name]);
            File.Copy(Path.Combine(media, from), _folder[name, to]);
        }

        Blank("franck/blank.png");
    }

    FaceBox FindFace(string picture)
    {
        var catalog = ModelCatalog.Load(Downloads.Profile("models.json"), _folder["cards"]);
        using var detector = FaceDetector.Load(catalog["ultraface-rfb320"], _models);
        using var frame = PictureReader.Read(picture);
        var faces = new FaceCandidate[1];
        Assert.Equal(1, detector.Detect(frame, faces));
        return faces[0].Box;
    }

    Task<int> RunAsync(string line)
    {
        var data = new StateFolder(Path.GetDirectoryName(_models) ?? "");
        var home = new Installation(Downloads.Profile("models.json"), data, TimeProvider.System);
        var evaluate = EvaluateCommand.Create(home);
        return CommandLine.RunAsync(
            line.Split(' '), [evaluate], _output, _error, TestContext.Current.CancellationToken);
    }

    void Blank(string name) =>
        File.WriteAllBytes(_folder[name], PngWriter.Write(64, 64, 8, PngWriter.Grey, new byte[64 * 64]));

    string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    Task<string> ReadAsync(string name) => File.ReadAllTextAsync(_folder[name], TestContext.Current.CancellationToken);

    static string Annotations(string images) => $"<dataset><images>{images}</images></dataset>";

    static IEnumerable<string?> Strings(JsonElement array) => array.EnumerateArray().Select(item => item.GetString());
}
