using System.Text.Json;
using EdgeFace.Access;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class DemoTests : IDisposable
{
    static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Fact]
    public async Task The_door_opens_for_franck_and_for_nobody_else()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync());

        var outcomes = Outcomes();
        Assert.Equal(["match", "unknown", "match", "unknown", "match"], outcomes.Select(one => Text(one, "reason")));
        Assert.Equal([true, false, true, false, true], outcomes.Select(one => one.GetProperty("opened").GetBoolean()));
        Assert.All(outcomes, one =>
        {
            Assert.True(one.GetProperty("as_expected").GetBoolean() && one.GetProperty("relocked").GetBoolean());
            var (similarity, threshold) = (one.GetProperty("similarity").GetSingle(), one.GetProperty("threshold").GetSingle());
            Assert.Equal(one.GetProperty("opened").GetBoolean(), similarity >= threshold);
            Assert.InRange(one.GetProperty("seconds_to_decision").GetDouble(), 0, 7);
            AssertPng(Text(one, "picture"));
        });
        AssertPng(_folder["summary.png"]);
        Assert.Equal(6, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task A_decision_that_was_not_expected_is_a_no_and_so_is_none_at_all()
    {
        var unexpected = new DemoScene(
            "franck, whom nobody expects", DemoScript.Enrollment.File, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(3),
            DenyReason.Unknown);
        var tooShort = unexpected with { Caption = "two frames", Lasts = TimeSpan.FromSeconds(0.07), Expected = null };

        Assert.Equal(ExitCode.No, await RunAsync(unexpected, tooShort));

        var outcomes = Outcomes();
        Assert.All(outcomes, one => Assert.False(one.GetProperty("as_expected").GetBoolean()));
        Assert.Equal(["match", "not-decided"], outcomes.Select(one => Text(one, "reason")));
        Assert.Equal(["unknown", "match"], outcomes.Select(one => Text(one, "expected")));
    }

    [Fact]
    public async Task The_daemon_opens_both_doors_for_franck_locks_them_again_and_can_prove_its_journal()
    {
        Assert.True(await PlayAsync(["demo", "--doors", "--json"]) is ExitCode.Ok, $"{_output}{_error}");

        var doors = Outcomes();
        Assert.Equal(["front", "back"], doors.Select(door => Text(door, "door")));
        Assert.All(doors, door =>
        {
            Assert.True(door.GetProperty("as_expected").GetBoolean() && door.GetProperty("relocked").GetBoolean());
            Assert.Equal(2, door.GetProperty("relay_moves").GetInt32());
            Assert.Single(door.GetProperty("decisions").EnumerateArray(), decision => decision.GetString() == "granted");
        });
    }

    [Fact]
    public async Task With_a_cloud_the_door_learns_from_afar_decides_without_a_link_and_loses_nothing()
    {
        Assert.True(await PlayAsync(["demo", "--cloud", "--json"]) is ExitCode.Ok, $"{_output}{_error}");

        var outcome = Assert.Single(Outcomes());
        Assert.True(outcome.GetProperty("as_expected").GetBoolean());
        Assert.Equal(0, outcome.GetProperty("lost").GetInt32());
        Assert.True(outcome.GetProperty("offline").GetInt32() >= 2 && outcome.GetProperty("backlog").GetInt64() >= 2);
    }

    [Fact]
    public async Task With_a_hub_a_device_is_made_known_a_photo_opens_its_door_and_an_erasure_comes_back_signed()
    {
        Assert.True(await PlayAsync(["demo", "--hub", "--json", "--hub-port", "0"]) is ExitCode.Ok, $"{_output}{_error}");

        var outcome = Assert.Single(Outcomes());
        Assert.True(outcome.GetProperty("as_expected").GetBoolean());
        Assert.True(outcome.GetProperty("granted").GetBoolean() && outcome.GetProperty("locked").GetBoolean() && outcome.GetProperty("erased").GetBoolean());
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    Task<int> RunAsync(params DemoScene[] scenes) => PlayAsync(["demo", "--fast", "--json", "--out", _folder.Path], scenes);

    async Task<int> PlayAsync(string[] line, params DemoScene[] scenes)
    {
        var data = new StateFolder(Path.GetDirectoryName(await Downloads.ModelsAsync()) ?? "");
        Assert.Equal(data.Media, await Downloads.MediaAsync());
        var home = new Installation(Downloads.Profile("models.json"), data, line.Contains("--doors") ? new SlowTime(2) : TimeProvider.System);
        var demo = DemoCommand.Create(
            home, () => DemoMedia.Load(Downloads.Profile("media.json")), new PackageFetch(TimeProvider.System),
            Path.GetDirectoryName(Downloads.Profile("models.json")) ?? "", scenes.Length == 0 ? null : scenes);
        return await CommandLine.RunAsync(line, [demo], _output, _error, TestContext.Current.CancellationToken);
    }

    JsonElement[] Outcomes() =>
        [.. _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    static string Text(JsonElement outcome, string key) => outcome.GetProperty(key).GetString() ?? "";

    static void AssertPng(string file)
    {
        Assert.Equal(PngSignature, File.ReadAllBytes(file)[..8]);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }
}
