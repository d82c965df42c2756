using EdgeFace.Cli;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary><c>detect</c> with the flags of OpenVINO's demos, on a piece of the demo's video, and its models in made files.</summary>
public sealed class OpenVinoFlagsTests
{
    const int Frames = 30;

    const string Detector = "face-detection-adas-0001";
    const string Points = "landmarks-regression-retail-0009";
    const string Reid = "face-reidentification-retail-0095";

    [Fact]
    public async Task A_command_line_of_those_demos_runs_as_it_stands()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await InstallAsync(shell, Detector, TinyOnnx.Constant(
            new("data", [1, 3, 384, 672]),
            new TinyTensor("detection_out", [1, 1, 3, 7],
                [0, 1, 0.9f, 0.25f, 0.25f, 0.5f, 0.75f, 0, 1, 0.45f, 0.6f, 0, 0.8f, 1, -1, 0, 0, 0, 0, 0, 0])));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync(
            "detect", "-i", Video(shell), "-d", "HETERO:FPGA,CPU", "-m", Detector, "-t", "0.5", "--nireq", "5", "--no-show", "--json"));

        var found = shell.Objects();
        Assert.Equal(Enumerable.Range(0, Frames), found.Select(face => face.GetProperty("frame").GetInt32()));
        Assert.All(found, face => Assert.Equal(0.9f, face.GetProperty("score").GetSingle(), 1e-6f));
        Assert.All(found, face => Assert.Equal(System.Text.Json.JsonValueKind.Null, face.GetProperty("landmarks").ValueKind));
        var device = Assert.Single(shell.Error.Split('\n'), line => line.Contains("FPGA", StringComparison.Ordinal));
        Assert.All(
            ["-d HETERO:FPGA,CPU: FPGA is not used", "holds no OpenVINO provider", "The models run on CPU instead"],
            part => Assert.Contains(part, device, StringComparison.Ordinal));
        Assert.Contains($"{Frames} frames, {Frames} faces", shell.Error, StringComparison.Ordinal);
        Assert.Contains("with 5 in flight", shell.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-m ultraface-rfb320")]
    [InlineData("--zoom 1")]
    public async Task Requests_in_flight_on_one_model_change_neither_the_order_nor_the_answers(string models)
    {
        await using var shell = await FaceCommandLine.StartAsync();
        string[] line = ["detect", "-i", Video(shell), .. models.Split(' '), "--threads", "1", "--json"];

        await shell.RunAsync(line);
        var alone = shell.Output;
        Assert.Equal(ExitCode.Ok, await shell.RunAsync([.. line, "-nireq", "5"]));

        Assert.Equal(alone, shell.Output);
        int[] order = [.. shell.Objects().Select(face => face.GetProperty("frame").GetInt32())];
        Assert.Equal(order.Order(), order);
        Assert.True(order.Distinct().Count() > Frames / 2, "the video has a face in most frames");
        Assert.True(shell.Lines().Select(each => each[each.IndexOf("\"box\"", StringComparison.Ordinal)..]).Distinct().Count() > 1);
    }

    [Fact]
    public async Task A_lower_limit_finds_what_a_higher_one_leaves_out()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await InstallAsync(shell, Detector, TinyOnnx.Constant(
            new("data", [1, 3, 384, 672]), new TinyTensor("y", [1, 1, 2, 7],
                [0, 1, 0.9f, 0, 0, 0.25f, 0.5f, 0, 1, 0.45f, 0.5f, 0, 0.75f, 1])));
        var still = shell.Still("audrey.jpg");

        await shell.RunAsync("detect", still, "-m", Detector, "-t", "0.4", "-r");

        Assert.Contains(" Class ID  | Confidence | XMIN | YMIN | XMAX | YMAX ", shell.Lines());
        Assert.Equal(2, shell.Lines().Count(line => line.StartsWith(" 1  ", StringComparison.Ordinal)));
        await shell.RunAsync("detect", still, "-m", Detector, "-t", "0.46", "-r");
        Assert.Contains(" 1         | 0.9        | 0 ", Assert.Single(
            shell.Lines(), line => line.StartsWith(" 1  ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("", shell.Error);
    }

    [Fact]
    public async Task Drawings_of_a_video_go_to_a_folder_and_are_counted()
    {
        await using var shell = await FaceCommandLine.StartAsync();

        Assert.Equal(ExitCode.Ok, await shell.RunAsync(
            "detect", "-i", Video(shell), "-m", "ultraface-rfb320", "-o", shell["drawn"], "--limit", "3", "-no_show"));

        Assert.Equal(3, Directory.GetFiles(shell["drawn"]).Length);
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("detect", "-i", Video(shell), "-o", "out_%03d.jpg"));
        Assert.Contains("Name a folder", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_may_be_a_file_with_its_card_beside_it_or_one_whose_card_is_installed()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var still = shell.Still("audrey.jpg");
        var model = TinyOnnx.Constant(new("x", [1, 3, 300, 300]), new TinyTensor("y", [1, 1, 1, 7], [0, 1, 0.9f, 0, 0, 0.5f, 0.5f]));
        var file = shell.Write("mine/retail.onnx", model);
        var card = TinyOnnx.Card(model);
        var text = await File.ReadAllTextAsync(Downloads.Profile("cards/face-detection-retail-0004.json"), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("detect", still, "-m", file));
        Assert.Contains("has no card", shell.Error, StringComparison.Ordinal);
        shell.Write("mine/retail.json", System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("detect", still, "-m", file));
        Assert.Contains("it is a template", shell.Error, StringComparison.Ordinal);
        shell.Write("mine/retail.json", System.Text.Encoding.UTF8.GetBytes(
            text.Replace("\"bytes\": 0", $"\"bytes\": {card.Bytes}", StringComparison.Ordinal)
                .Replace("\"sha256\": \"\"", $"\"sha256\": \"{card.Sha256}\"", StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("detect", still, "-m", file));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("detect", still, "-m", Path.Combine(shell.Data.Models, "fr_detect.onnx")));
    }

    [Theory]
    [InlineData("-m face-detection-adas-0001.xml", ExitCode.BadInput, "edgeface models add --card face-detection-adas-0001")]
    [InlineData("-m FP16/face-detection-adas-0001.bin", ExitCode.BadInput, "--model_path FP16/face-detection-adas-0001.xml")]
    [InlineData("-m face-detection-adas-0001", ExitCode.Damaged, "its ONNX file is yours to make")]
    [InlineData("-m no-such-card", ExitCode.BadInput, "There is no model card 'no-such-card'")]
    [InlineData("-m no/such/file.onnx", ExitCode.Damaged, "There is no model no/such/file.onnx")]
    [InlineData("-m mobilefacenet-512", ExitCode.BadInput, "faces are found by ultraface, scrfd, yunet or ssd")]
    [InlineData("-m ultraface-rfb320 --embedder mobilefacenet-512", ExitCode.Usage, "-m runs a detector alone")]
    [InlineData("-d FGPA", ExitCode.Usage, "there is no device \"FGPA\"")]
    [InlineData("-t 1.5", ExitCode.Usage, "-t takes 0.05 to 0.99")]
    [InlineData("--nireq 0", ExitCode.Usage, "--nireq takes 1 to 13")]
    [InlineData("--nireq many", ExitCode.Usage, "many")]
    [InlineData("-at ssd", ExitCode.Usage, "-at of OpenVINO's demos has no place here: the model's card says its kind")]
    [InlineData("-frobnicate", ExitCode.Usage, "There is no option -frobnicate")]
    [InlineData("--frobnicate", ExitCode.Usage, "There is no option --frobnicate")]
    public async Task What_cannot_be_done_is_said_with_what_helps(string flags, int code, string said)
    {
        await using var shell = await FaceCommandLine.StartAsync();

        Assert.Equal(code, await shell.RunAsync(["detect", "-i", shell.Still("audrey.jpg"), .. flags.Split(' ')]));
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Equal("", shell.Output);
    }

    [Fact]
    public async Task Behind_i_stand_folders_too_and_a_camera_that_is_not_there_is_said()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        shell.Link("folder/a.jpg", "audrey.jpg");
        shell.Link("folder/b.jpg", "cage.jpg");

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("detect", "-i", shell["folder"], "-i", "97", "-m", "ultraface-rfb320"));

        Assert.Equal(2, shell.Lines().Count(line => line.EndsWith(": 1 face", StringComparison.Ordinal)));
        Assert.Contains("/dev/video97", shell.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "v4l2:/dev/video0")]
    [InlineData("/dev/video2", "v4l2:/dev/video2")]
    [InlineData("v4l2:/dev/video2", "v4l2:/dev/video2")]
    [InlineData("rtsp://camera/stream", "rtsp://camera/stream")]
    [InlineData("http-is-a-file.mp4", null)]
    [InlineData("video.mp4", null)]
    public void A_camera_is_told_from_a_file(string input, string? address) => Assert.Equal(address, InputFrames.CameraOf(input));

    [Fact]
    public async Task Nothing_to_look_at_is_a_wrong_command_line()
    {
        await using var shell = await FaceCommandLine.StartAsync();

        Assert.Equal(ExitCode.Usage, await shell.RunAsync("detect"));
        Assert.Contains("say -i INPUT", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_set_of_three_compares_faces_and_refuses_what_needs_more_points_or_measurements()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await InstallAsync(shell, Detector, TinyOnnx.Constant(
            new("data", [1, 3, 384, 672]), new TinyTensor("y", [1, 1, 1, 7], [0, 1, 0.9f, 0.2f, 0.2f, 0.8f, 0.8f])));
        await InstallAsync(shell, Points, TinyOnnx.Constant(
            new("0", [1, 3, 48, 48]), new TinyTensor("y", [1, 10, 1, 1], [0.3f, 0.4f, 0.7f, 0.4f, 0.5f, 0.6f, 0.35f, 0.8f, 0.65f, 0.8f])));
        await InstallAsync(shell, Reid, TinyOnnx.Constant(
            new("0", [1, 3, 128, 128]), TinyTensor.Filled("y", 0.5f, 1, 256, 1, 1)));
        var (one, other) = (shell.Still("franck_01829.jpg"), shell.Still("franck_02045.jpg"));
        string[] set = ["--detector", Detector, "--landmarks", Points, "--embedder", Reid];

        Assert.Equal(ExitCode.Ok, await shell.RunAsync(["detect", one, "--json", .. set]));
        Assert.Equal(5, Assert.Single(shell.Objects()).GetProperty("five").GetArrayLength());
        Assert.Equal(ExitCode.Ok, await shell.RunAsync(["verify", one, other, "--threshold", "0.9", .. set]));
        Assert.Contains("of unknown error rate", shell.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync(["verify", one, other, .. set]));
        Assert.Contains("no operating point", shell.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync(["enroll", "Franck", one, .. set]));
        Assert.Contains("gives five points, and 68 are needed here", shell.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());
    }

    static string Video(FaceCommandLine shell)
    {
        var file = shell["demo.avi"];
        if (!File.Exists(file)) Pictures.Beginning(file, shell.Still("franck.mp4"), Frames);
        return file;
    }

    static async Task InstallAsync(FaceCommandLine shell, string template, byte[] model)
    {
        if (new DirectoryInfo(shell.Data.Models).LinkTarget is not null) shell.UseOwnModels();
        var file = shell.Write($"{template}-converted.onnx", model);
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("models", "add", "--card", template, "--from", file));
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("models", "verify", template));
    }
}
