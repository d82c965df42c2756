using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Hosting;
using EdgeFace.Storage;
using EdgeFace.Tests.Hosting;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class DaemonCommandsTests : IAsyncLifetime
{
    static readonly StatusReport Well = new(
        "dev-1", "1.2.3", DateTimeOffset.UnixEpoch, 93_784, ClockTrusted: false,
        [new CameraReport("front-cam", "live", "frozen", 24.96, 12345, 67, 8)],
        [
            new DoorReport("front", "unlocked", "front-cam", "face", LastReason: "granted", LastAgeSeconds: 2.4, LivenessCalibrated: true),
            new DoorReport("back", "locked", "back-cam", "face+pin", "lockdown", LockedOutSeconds: 61),
        ],
        new GalleryReport(12, 40, 7, 300, 0.4123, 0.001), new JournalReport(1234, 0, 5, 1233),
        [new ModelReport("embedding", "resnet@1")], ["camera front-cam shows the same picture for 30 s"]);

    readonly ControlHouse _house = new();
    string _output = "";
    string _error = "";
    string? _digits;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Status_for_people_says_all_that_it_knows()
    {
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.With(Well, ControlJson.Lines.StatusReport));
        await _house.OpenAsync();

        Assert.Equal(0, await RunAsync("status"));

        string[] expected =
        [
            "dev-1, edgeface 1.2.3", "for 1 d 2 h", "not trusted", "12 people, 40 templates, revision 7, read 5 min ago",
            "0.412", "0.1%", "1,234 written, 0 lost, last 1233, 5 wait to be sent", "embedding: resnet@1", "shows the same picture",
            "granted, 2 s ago", "lockdown", "for 1 min", "face+pin", "not calibrated", "frozen", "25.0", "12,345",
        ];
        Assert.All(expected, said => Assert.Contains(said, _output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_for_programs_is_one_object_with_nulls_written()
    {
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.With(Well, ControlJson.Lines.StatusReport));
        await _house.OpenAsync();

        Assert.Equal(0, await RunAsync("status", "--json"));

        var status = Assert.Single(Objects());
        Assert.Equal(93_784, status.GetProperty("uptime_seconds").GetDouble());
        Assert.False(status.GetProperty("clock_trusted").GetBoolean());
        Assert.Equal(0.4123, status.GetProperty("gallery").GetProperty("threshold").GetDouble());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("doors")[1].GetProperty("last_reason").ValueKind);
        Assert.Equal(24.96, status.GetProperty("cameras")[0].GetProperty("frames_per_second").GetDouble());
    }

    /// <summary>A figure, a name of the profile, a code: a status has no place where a person would fit.</summary>
    [Fact]
    public void Nothing_that_a_viewer_sees_has_a_place_for_a_person()
    {
        var keys = JsonSerializer.SerializeToElement(Well, ControlJson.Lines.StatusReport).EnumerateObject()
            .SelectMany(Keys).ToHashSet();

        Assert.Contains("templates", keys); // how many
        Assert.Empty(keys.Intersect(["subject", "subjects", "person", "digits", "pin", "card", "number", "embedding", "picture", "jpeg"]));
        Assert.DoesNotContain(keys, key => key.EndsWith("_name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doors_are_one_object_each()
    {
        _house.Desk.On(ControlCommands.Doors, _ => ControlReply.With(Well.Doors, ControlJson.Lines.IReadOnlyListDoorReport));
        await _house.OpenAsync();

        Assert.Equal(0, await RunAsync("doors", "--json"));
        Assert.Equal(["front", "back"], Objects().Select(door => door.GetProperty("name").GetString()));

        Assert.Equal(0, await RunAsync("doors"));
        Assert.Contains("lockdown", _output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unlock front", "unlock", "front", null, null, null)]
    [InlineData("unlock front --seconds 12.5", "unlock", "front", 12.5, null, null)]
    [InlineData("lock back", "lock", "back", null, null, null)]
    [InlineData("lockdown", "lockdown", null, null, null, null)]
    [InlineData("lockdown front --off", "lockdown", "front", null, true, null)]
    [InlineData("release", "release", null, null, null, null)]
    [InlineData("reset front", "reset", "front", null, null, null)]
    [InlineData("reload", "reload", null, null, null, null)]
    [InlineData("clock trust", "clock", null, null, null, true)]
    public async Task An_act_reaches_the_daemon_as_it_was_meant(
        string line, string command, string? door, double? seconds, bool? off, bool? trusted)
    {
        ControlRequest? asked = null;
        _house.Desk.On(ControlCommands.All[command], call =>
        {
            asked = call.Request;
            return ControlReply.Did("It is done.");
        });
        await _house.OpenAsync();

        Assert.Equal(0, await RunAsync(line.Split(' ')));

        Assert.Equal(new ControlRequest(command, door, seconds, Off: off, Trusted: trusted), asked);
        Assert.Equal("It is done.\n", _output);
    }

    [Fact]
    public async Task A_door_that_says_no_is_exit_code_1_and_one_that_is_not_there_is_3()
    {
        _house.Desk.On(ControlCommands.Unlock, call => call.Door == "front"
            ? ControlReply.No("front: lockdown") : ControlReply.NoSuchDoor(call.Door, ["front"]));
        await _house.OpenAsync();

        Assert.Equal(1, await RunAsync("unlock", "front"));
        Assert.Equal(("front: lockdown\n", ""), (_output, _error));

        Assert.Equal(3, await RunAsync("unlock", "side"));
        Assert.Equal(("", "edgeface: There is no door 'side'. The doors are: front.\n"), (_output, _error));
    }

    [Fact]
    public async Task A_pin_comes_from_the_input_and_is_nowhere_else()
    {
        string? typed = null;
        _house.Desk.On(ControlCommands.Pin, call =>
        {
            typed = call.Request.Digits;
            return ControlReply.Did("front: granted");
        });
        await _house.OpenAsync();
        _digits = "90210733";

        Assert.Equal(0, await RunAsync("pin", "front", "--json"));

        Assert.Equal(_digits, typed);
        foreach (var text in (string[])[_output, _error, .. _house.Log, .. _house.Audits.Select(audit => audit.ToString())])
            Assert.DoesNotContain(_digits, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_is_written_for_its_owner_only()
    {
        _house.Desk.On(ControlCommands.Snapshot, _ =>
        {
            using var frame = Frame.Allocate(32, 16);
            return ControlReply.With(
                SnapshotReport.Of("front", "front-cam", DateTimeOffset.UnixEpoch, frame), ControlJson.Lines.SnapshotReport);
        });
        await _house.OpenAsync();
        var file = Path.Combine(_house.Folder, "now.jpg");

        Assert.Equal(0, await RunAsync("snapshot", "front", "--out", file, "--json"));

        Assert.Equal(32, Assert.Single(Objects()).GetProperty("width").GetInt32());
        Assert.Equal([0xFF, 0xD8, 0xFF], (await File.ReadAllBytesAsync(file, ControlHouse.Stop))[..3]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Enrolling_at_a_door_says_what_to_do_and_who_came_of_it()
    {
        ControlRequest? asked = null;
        _house.Desk.OnStream(ControlCommands.Enroll, (call, _) =>
        {
            asked = call.Request;
            return GuideAsync();
        });
        await _house.OpenAsync();

        Assert.Equal(0, await RunAsync(
            "enroll", "Ada Lovelace", "--camera", "front", "--group", "staff", "--consent", "v2", "--force"));

        Assert.Equal("Look straight.\nTurn left.\nAda Lovelace: enrolled as 00ff, 5 faces, 3 templates\n", _output);
        Assert.Equal(("Ada Lovelace", "front"), (asked?.Name, asked?.Door));
        Assert.Equal(["staff"], asked?.Person?.Groups);
        Assert.Equal(("v2", true), (asked?.Person?.Consent, asked?.Person?.Force));

        Assert.Equal(0, await RunAsync("enroll", "Ada Lovelace", "--camera", "front", "--json"));
        Assert.Equal("Ada Lovelace", Assert.Single(Objects()).GetProperty("name").GetString());
        Assert.Equal("Look straight.\nTurn left.\n", _error);
        Assert.All(_house.Audits, audit => Assert.DoesNotContain("Ada", audit.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_challenge_at_a_door_says_what_to_do_and_how_it_ended()
    {
        ControlRequest? asked = null;
        _house.Desk.OnStream(ControlCommands.Challenge, (call, _) =>
        {
            asked = call.Request;
            return ChallengeAsync();
        });
        await _house.OpenAsync();

        Assert.Equal(1, await RunAsync("challenge", "--camera", "front", "--steps", "3"));

        Assert.Equal(("front", 3), (asked?.Door, asked?.Steps));
        Assert.Equal(
            "Look straight.\nTurn left.\n"
            + "Failed: timed-out at turn-left, 0 of 3 movements done, value 5.04, limit 5: do at once what is asked.\n", _output);

        Assert.Equal(1, await RunAsync("challenge", "--camera", "front", "--json"));
        Assert.Equal("timed-out", Assert.Single(Objects()).GetProperty("reason").GetString());
        Assert.Equal("Look straight.\nTurn left.\n", _error);
    }

    [Theory]
    [InlineData("challenge")]
    [InlineData("challenge --camera front --steps 6")]
    [InlineData("enroll --camera front")]
    [InlineData("enroll Ada a.jpg --camera front")]
    [InlineData("enroll Ada --camera front --largest")]
    [InlineData("enroll Ada")]
    [InlineData("unlock")]
    [InlineData("snapshot front")]
    [InlineData("unlock front --seconds soon")]
    public async Task What_cannot_be_meant_is_a_usage_error_and_asks_nobody(string line)
    {
        Assert.Equal(2, await RunAsync(line.Split(' ')));

        Assert.Equal("", _output);
        Assert.DoesNotContain("not running", _error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("unlock front")]
    [InlineData("enroll Ada --camera front")]
    [InlineData("pin front")]
    public async Task Without_a_daemon_one_sentence_says_so_and_how_to_start_it(string line)
    {
        Assert.Equal(4, await RunAsync(line.Split(' ')));

        Assert.Equal("", _output);
        Assert.StartsWith("edgeface: The daemon is not running: nobody listens at " + _house.Place, _error, StringComparison.Ordinal);
        Assert.Contains("systemctl start edgeface", _error, StringComparison.Ordinal);
        Assert.Single(_error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Words_of_a_daemon_are_printed_and_not_obeyed()
    {
        _house.Desk.On(ControlCommands.Reload, _ => ControlReply.Did("\u001b[2Jgone"));
        await _house.OpenAsync();

        await RunAsync("reload");

        Assert.Equal("\\u001b[2Jgone\n", _output);
    }

    static async IAsyncEnumerable<ControlReply> GuideAsync()
    {
        await Task.Yield();
        yield return ControlReply.Along("Look straight.");
        yield return ControlReply.Along("Turn left.");
        yield return ControlReply.With(new EnrollReport("enrolled", "00ff", 5, 3), ControlJson.Lines.EnrollReport);
    }

    static async IAsyncEnumerable<ControlReply> ChallengeAsync()
    {
        await Task.Yield();
        yield return ControlReply.Along("Look straight.");
        yield return ControlReply.Along("Turn left.");
        var report = new ChallengeReport("failed", 0, 3, 5.5, "timed-out", "turn-left", 5.04, 5, "do at once what is asked");
        yield return ControlReply.With(report, ControlJson.Lines.ChallengeReport) with { Exit = ControlExit.No };
    }

    static IEnumerable<string> Keys(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.Object => property.Value.EnumerateObject().SelectMany(Keys).Prepend(property.Name),
        JsonValueKind.Array => property.Value.EnumerateArray().Where(item => item.ValueKind is JsonValueKind.Object)
            .SelectMany(item => item.EnumerateObject()).SelectMany(Keys).Prepend(property.Name),
        _ => [property.Name],
    };

    IEnumerable<JsonElement> Objects() =>
        _output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);

    async Task<int> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var daemon = new DaemonCall(() => [_house.Place]);
        var home = new Installation("", () => new StateFolder(_house.Folder), TimeProvider.System);
        var code = await CommandLine.RunAsync(
            arguments, [EnrollCommand.Create(home, daemon), .. DaemonCommands.All(daemon, _ => _digits)], output, error,
            ControlHouse.Stop);
        (_output, _error) = (output.ToString(), error.ToString());
        return code;
    }
}
