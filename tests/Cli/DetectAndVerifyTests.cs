using EdgeFace.Capture;
using EdgeFace.Cli;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class DetectAndVerifyTests
{
    [Fact]
    public async Task Detect_tells_programs_box_points_and_quality()
    {
        await using var shell = await FaceCommandLine.StartAsync();

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("detect", shell.Still("audrey.jpg"), "--json"));
        var face = Assert.Single(shell.Objects());
        Assert.Equal(shell.Still("audrey.jpg"), face.GetProperty("file").GetString());
        Assert.Equal(4, face.GetProperty("box").GetArrayLength());
        Assert.Equal(68, face.GetProperty("landmarks").GetArrayLength());
        Assert.All(face.GetProperty("landmarks").EnumerateArray(), point => Assert.Equal(2, point.GetArrayLength()));
        Assert.InRange(face.GetProperty("score").GetSingle(), 0.6f, 1);
        Assert.Equal(5, face.GetProperty("five").GetArrayLength());
        Assert.Equal(
            ["inter_eye_pixels", "yaw", "pitch", "roll", "sharpness", "brightness", "clipped"],
            face.GetProperty("quality").EnumerateObject().Select(key => key.Name));
    }

    [Fact]
    public async Task Detect_speaks_the_older_tools_columns()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var commas = shell.Write("a,b.png", Pictures.Scaled(shell.Still("audrey.jpg"), 1));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("detect", shell.Still("audrey.jpg"), commas, "--csv"));
        Assert.Equal(2, shell.Lines().Length);
        var cells = shell.Lines()[0].Split(',');
        int[] sides = [.. cells[1..].Select(int.Parse)]; // top, right, bottom, left
        Assert.True(sides[0] < sides[2] && sides[3] < sides[1]);
        Assert.StartsWith($"\"{commas}\",", shell.Lines()[1]);
    }

    [Fact]
    public async Task A_drawing_goes_to_a_file_or_a_folder_and_never_over_the_picture_itself()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var (one, other) = (shell.Write("x/face.png", Pictures.Grey(shell.Still("cage.jpg"))), shell.Still("cage.jpg"));
        var same = shell.Write("y/face.png", Pictures.Grey(shell.Still("cage.jpg")));
        var before = Bytes(one);

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("detect", one, "--draw", shell["drawn.png"]));
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("detect", one, same, other, "--draw", shell["drawn"]));
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("detect", one, "--draw", one));

        Assert.Equal(before, Bytes(one));
        Assert.Equal(
            ["cage-faces.png", "face-faces-2.png", "face-faces.png"],
            Directory.GetFiles(shell["drawn"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var drawn = PictureReader.Read(shell["drawn.png"]);
        using var plain = PictureReader.Read(one);
        Assert.Equal((plain.Width, plain.Height), (drawn.Width, drawn.Height));
        Assert.False(plain.Pixels.SequenceEqual(drawn.Pixels));
    }

    [Fact]
    public async Task Two_pictures_of_one_person_are_0_and_of_two_people_1()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var (one, again) = (shell.Still("franck_01829.jpg"), shell.Still("franck_02045.jpg"));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("verify", one, again, "--json"));
        var yes = Assert.Single(shell.Objects());
        Assert.True(yes.GetProperty("match").GetBoolean());
        var similarity = yes.GetProperty("similarity").GetSingle();
        var distance = yes.GetProperty("euclidean_distance").GetSingle();
        Assert.Equal(MathF.Sqrt(2 - 2 * similarity), distance, tolerance: 1e-4f);
        Assert.Equal(0.4f, yes.GetProperty("threshold").GetSingle(), tolerance: 1e-6f);
        Assert.Equal(1e-4, yes.GetProperty("fmr").GetDouble(), tolerance: 1e-12);

        Assert.Equal(ExitCode.No, await shell.RunAsync("verify", one, shell.Still("cage.jpg")));
        Assert.StartsWith("no match", shell.Output);
    }

    [Fact]
    public async Task A_rate_sets_the_threshold_and_a_threshold_has_no_rate()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        string[] pair = [shell.Still("franck_01829.jpg"), shell.Still("franck_02045.jpg"), "--json"];

        await shell.RunAsync(["verify", .. pair, "--fmr", "1e-3"]);
        Assert.Equal(0.3f, shell.Objects()[0].GetProperty("threshold").GetSingle(), tolerance: 1e-6f);
        Assert.Equal(ExitCode.No, await shell.RunAsync(["verify", .. pair, "--threshold", "0.9999"]));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, shell.Objects()[0].GetProperty("fmr").ValueKind);

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync(["verify", .. pair, "--fmr", "1e-9"]));
        Assert.Contains("1E-09", shell.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await shell.RunAsync(["verify", .. pair, "--fmr", "2"]));
        Assert.Equal(ExitCode.Usage, await shell.RunAsync(["verify", .. pair, "--threads", "-1"]));
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync(["verify", .. pair, "--detector", "no-such-card"]));
    }

    [Fact]
    public async Task Of_several_faces_the_prominent_one_is_compared_and_that_is_said()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var small = shell.Write("small.png", Pictures.Scaled(shell.Still("cage.jpg"), 0.5));
        var both = shell.Write("both.png", Pictures.OneInTheCorner(shell.Still("audrey.jpg"), small));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("verify", shell.Still("audrey.jpg"), both));
        Assert.Contains("2 faces: the most prominent one", shell.Error, StringComparison.Ordinal);
    }

    static byte[] Bytes(string file) => File.ReadAllBytes(file);
}
