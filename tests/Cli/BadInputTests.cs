using System.Globalization;
using EdgeFace.Alignment;
using EdgeFace.Cli;
using EdgeFace.Tests.Capture;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary>
/// Pictures as they come: what is wrong with one is said, and the exit code is 3; what only looks odd is read.
/// </summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("empty", "0 bytes")]
    [InlineData("text", "text")]
    [InlineData("cut jpeg", "cut off")]
    [InlineData("cut png", "cut off")]
    [InlineData("bomb", "50000 x 50000 pixels; the limit is 16384")]
    [InlineData("folder", "is a folder")]
    [InlineData("missing", "There is no file")]
    public async Task A_picture_that_is_none_is_3_with_a_reason_and_the_others_have_their_turn(string what, string said)
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var bad = Make(shell, what);
        var good = shell.Still("audrey.jpg");

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("detect", bad, good, "--json"));
        Assert.Equal(good, Assert.Single(shell.Objects()).GetProperty("file").GetString());
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Contains(bad, shell.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("enroll", "Nobody", bad));
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());
    }

    [Theory]
    [InlineData("grey")]
    [InlineData("alpha")]
    [InlineData("16 bit")]
    [InlineData("on its side")]
    public async Task An_unusual_picture_shows_the_same_face(string what)
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var odd = Make(shell, what);

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("verify", shell.Still("audrey.jpg"), odd, "--json"));
        var answer = Assert.Single(shell.Objects());
        Assert.InRange(answer.GetProperty("similarity").GetSingle(), 0.8f, 1.0001f);
        var (asked, found) = (answer.GetProperty("box_a"), answer.GetProperty("box_b"));
        for (var i = 0; i < 4; i++) Assert.Equal(asked[i].GetSingle(), found[i].GetSingle(), tolerance: 15);
    }

    [Fact]
    public async Task A_CMYK_picture_is_read()
    {
        await using var shell = await FaceCommandLine.StartAsync();

        Assert.Equal(ExitCode.No, await shell.RunAsync("detect", shell.Write("cmyk.jpg", Pictures.Cmyk())));
        Assert.Equal("", shell.Error);
    }

    [Fact]
    public async Task A_picture_without_a_face_is_1_and_at_enrolment_3()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var blank = shell.Write("blank.png", Pictures.Blank());

        Assert.Equal(ExitCode.No, await shell.RunAsync("detect", blank, "--json"));
        Assert.Equal("", shell.Output);
        Assert.Equal(ExitCode.No, await shell.RunAsync("verify", blank, shell.Still("audrey.jpg")));
        Assert.Contains("has no face", shell.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("enroll", "Nobody", blank));
        Assert.Contains("no face was found", shell.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());
    }

    [Fact]
    public async Task Several_faces_at_enrolment_are_refused_with_their_number_unless_the_largest_is_meant()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var both = shell.Write("both.png", Pictures.SideBySide(shell.Still("audrey.jpg"), shell.Still("cage.jpg")));

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("enroll", "Two", both));
        Assert.Contains("2 faces were found where one is allowed", shell.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Two", both, "--largest"));
        Assert.Equal(1, shell.Enrolled());
    }

    [Theory]
    [InlineData("small", "the face is too small: 2", "pixels between the eyes, at least {0} are needed")]
    [InlineData("blurred", "the face is blurred: sharpness 0.0", "at least {1:F3} is needed")]
    public async Task A_face_that_is_not_good_enough_to_enrol_is_refused_with_value_and_limit(
        string what, string value, string limit)
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var bad = Make(shell, what);

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("enroll", "Audrey", bad));
        Assert.Contains(value, shell.Error, StringComparison.Ordinal);
        var limits = QualityLimits.Enrollment;
        Assert.Contains(
            string.Format(CultureInfo.InvariantCulture, limit, limits.InterEyePixelsMin, limits.SharpnessMin),
            shell.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Audrey", bad, shell.Still("audrey.jpg"), "--json"));
        Assert.Equal(1, Assert.Single(shell.Objects()).GetProperty("samples").GetInt32());
        Assert.Contains(value, shell.Error, StringComparison.Ordinal);
    }

    static byte[] Bomb() =>
        new PngWriter().Header(50_000, 50_000).Chunk("IDAT", [1]).Chunk("IEND", []).ToArray();

    static string Make(FaceCommandLine shell, string what)
    {
        var still = shell.Still("audrey.jpg");
        return what switch
        {
            "empty" => shell.Write("empty.jpg", []),
            "text" => shell.Write("text.jpg", "a letter, not a picture"u8.ToArray()),
            "cut jpeg" => shell.Write("cut.jpg", File.ReadAllBytes(still)[..20_000]),
            "cut png" => shell.Write("cut.png", Pictures.Grey(still)[..20_000]),
            "bomb" => shell.Write("bomb.png", Bomb()),
            "folder" => Directory.CreateDirectory(shell["folder.jpg"]).FullName,
            "grey" => shell.Write("grey.png", Pictures.Grey(still)),
            "alpha" => shell.Write("alpha.png", Pictures.WithAlpha(still)),
            "16 bit" => shell.Write("deep.png", Pictures.SixteenBit(still)),
            "on its side" => shell.Write("side.jpg", Pictures.OnItsSide(still)),
            "small" => shell.Write("small.png", Pictures.Scaled(still, 0.2)),
            "blurred" => shell.Write("blurred.png", Pictures.Blurred(still, 11)),
            _ => shell["no-such-file.jpg"],
        };
    }
}
