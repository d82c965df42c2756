using System.Text.Json;
using EdgeFace.Cli;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class EnrollAndIdentifyTests
{
    [Fact]
    public async Task Who_was_enrolled_is_identified_and_a_stranger_is_not()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Franck", shell.Still("franck_01829.jpg"), "--group", "staff", "--group", "a b");
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));

        var blank = shell.Write("no.png", Pictures.Blank());
        string[] asked = [shell.Still("franck_02045.jpg"), shell.Still("cage.jpg"), blank];
        Assert.Equal(ExitCode.Ok, await shell.RunAsync(["identify", .. asked, "--json"]));

        Assert.Equal(asked, shell.Objects().Select(face => face.GetProperty("file").GetString()));
        Assert.Equal(["Franck", null, null], shell.Objects().Select(face => face.GetProperty("name").GetString()));
        Assert.Equal(
            ["match", "unknown", "no-face"], shell.Objects().Select(face => face.GetProperty("reason").GetString()));
        Assert.Equal(
            ["match", "no_match", "no_match"],
            shell.Objects().Select(face => face.GetProperty("decision").GetString()));
        Assert.Equal(32, shell.Objects()[0].GetProperty("subject").GetString()?.Length);
        Assert.InRange(shell.Objects()[0].GetProperty("runner_up").GetSingle(), -1, 0.4f);
        Assert.Equal(JsonValueKind.Null, shell.Objects()[2].GetProperty("box").ValueKind);
        Assert.False(shell.Objects()[0].TryGetProperty("is_match", out _));

        Assert.Equal(ExitCode.No, await shell.RunAsync("identify", shell.Still("cage.jpg")));
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync(["identify", .. asked, shell["none.jpg"]]));
        Assert.Equal(3, shell.Lines().Length);
    }

    [Fact]
    public async Task Identify_speaks_the_older_tools_columns()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));
        string[] asked = [shell.Still("audrey.jpg"), shell.Still("cage.jpg"), shell.Write("no.png", Pictures.Blank())];

        await shell.RunAsync(["identify", .. asked, "--csv"]);
        Assert.Equal(
            [$"{asked[0]},Audrey", $"{asked[1]},unknown_person", $"{asked[2]},no_persons_found"], shell.Lines());
        await shell.RunAsync(["identify", .. asked, "--csv", "--show-distance"]);
        Assert.InRange(float.Parse(shell.Lines()[0].Split(',')[2]), 0, 0.01f);
        Assert.EndsWith(",unknown_person,None", shell.Lines()[1]);
    }

    [Fact]
    public async Task A_known_face_is_not_let_in_before_or_after_its_time()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"), "--valid-until", "2020-01-01");
        await shell.RunAsync("enroll", "Cage", shell.Still("cage.jpg"), "--valid-from", "2999-01-01T08:00+01:00");

        string[] asked = [shell.Still("audrey.jpg"), shell.Still("cage.jpg")];
        Assert.Equal(ExitCode.No, await shell.RunAsync(["identify", .. asked, "--json"]));
        Assert.Equal(
            ["expired", "not-yet-valid"], shell.Objects().Select(face => face.GetProperty("reason").GetString()));
        Assert.Equal(["Audrey", "Cage"], shell.Objects().Select(face => face.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_face_under_a_second_name_is_1_with_the_first_ones_id_unless_forced()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Franck", shell.Still("franck_01829.jpg"), "--json");
        var first = Assert.Single(shell.Objects()).GetProperty("subject").GetString();

        string[] again = ["enroll", "Somebody else", shell.Still("franck_02045.jpg"), "--json"];
        Assert.Equal(ExitCode.No, await shell.RunAsync(again));
        Assert.Equal("duplicate", shell.Objects()[0].GetProperty("result").GetString());
        Assert.Equal(first, shell.Objects()[0].GetProperty("subject").GetString());
        Assert.Equal(1, shell.Enrolled());

        Assert.Equal(ExitCode.Ok, await shell.RunAsync([.. again, "--force"]));
        Assert.Equal(2, shell.Enrolled());
    }

    [Fact]
    public async Task Two_people_are_never_enrolled_under_one_name_unless_forced()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var (audrey, cage) = (shell.Still("audrey.jpg"), shell.Still("cage.jpg"));

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("enroll", "Both", audrey, cage, "--json"));
        Assert.Equal("not_one_person", shell.Objects()[0].GetProperty("result").GetString());
        Assert.InRange(shell.Objects()[0].GetProperty("similarity").GetSingle(), -1, 0.3f);
        Assert.Contains("0.300", shell.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Franck", shell.Still("franck_01829.jpg")));
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("enroll", "Franck", cage));
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Franck", shell.Still("franck_02045.jpg")));
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Franck", cage, "--force"));
    }

    [Fact]
    public async Task Frames_of_a_video_that_show_somebody_else_are_left_out_and_said()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var clip = shell["clip.avi"];
        string[] stills = [shell.Still("franck_01829.jpg"), shell.Still("franck_02045.jpg"), shell.Still("cage.jpg")];
        Pictures.Clip(clip, framesPerSecond: 4, frames: 6, stills);

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Franck", clip, "--json"));
        Assert.Equal(4, shell.Objects()[0].GetProperty("samples").GetInt32());
        Assert.Contains("2 of 6 frames", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_enrolled_with_a_folder_or_a_file_for_each_person()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        shell.Link("people/Franck_T/a.jpg", "franck_01829.jpg");
        shell.Link("people/Franck_T/b.jpg", "franck_02045.jpg");
        shell.Link("people/Audrey_Hepburn_0001.jpg", "audrey.jpg");
        shell.Write("people/Nobody.png", Pictures.Blank());
        shell.Write("people/readme.txt", "not a person"u8.ToArray());

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("enroll", "--folder", shell["people"], "--json"));
        Assert.Equal(
            [("Audrey Hepburn", "enrolled", 1), ("Franck T", "enrolled", 2), ("Nobody", "refused", 0)],
            shell.Objects().Select(person => (
                person.GetProperty("name").GetString(), person.GetProperty("result").GetString(),
                person.GetProperty("samples").GetInt32())));
        Assert.Contains("Nobody.png", shell.Error, StringComparison.Ordinal);
        Assert.Equal(2, shell.Enrolled());
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("identify", shell["people"]));
    }

    [Fact]
    public async Task A_video_is_enrolled_from_its_best_frames_and_identified_frame_by_frame()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var clip = shell["clip.avi"];
        string[] stills = [shell.Still("franck_01829.jpg"), shell.Still("franck_02045.jpg")];
        Pictures.Clip(clip, framesPerSecond: 4, frames: 12, stills);

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Franck", clip, "--json"));
        Assert.Equal(10, shell.Objects()[0].GetProperty("samples").GetInt32());
        var watched = await shell.RunAsync("identify", clip, "--every", "1", "--json", "--draw", shell["drawn"]);

        Assert.Equal(ExitCode.Ok, watched);
        Assert.Equal(
            [0, 1, 2], shell.Objects().Select(face => Math.Round(face.GetProperty("position_seconds").GetDouble())));
        Assert.All(shell.Objects(), face => Assert.Equal("Franck", face.GetProperty("name").GetString()));
        Assert.Equal(3, Directory.GetFiles(shell["drawn"], "clip-*s-faces.png").Length);
    }

    [Theory]
    [InlineData("enroll")]
    [InlineData("enroll Audrey")]
    [InlineData("enroll Audrey --folder x")]
    [InlineData("enroll Audrey a.jpg --valid-until yesterday")]
    [InlineData("enroll Audrey a.jpg --valid-from 2026-02-01 --valid-until 2026-01-01")]
    [InlineData("identify a.jpg --json --csv")]
    [InlineData("identify a.jpg --every 0")]
    [InlineData("identify a.jpg --fpir 1")]
    [InlineData("detect")]
    [InlineData("verify a.jpg")]
    public async Task A_wrong_command_line_is_2(string line)
    {
        await using var shell = await FaceCommandLine.StartAsync();

        Assert.Equal(ExitCode.Usage, await shell.RunAsync(line.Split(' ')));
        Assert.Equal("", shell.Output);
    }

    [Fact]
    public async Task A_rate_that_the_evidence_does_not_reach_is_refused_with_numbers()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("identify", shell.Still("audrey.jpg"), "--fpir", "1e-8"));
        Assert.Contains("1E-08 among 1 templates", shell.Error, StringComparison.Ordinal);
    }
}
