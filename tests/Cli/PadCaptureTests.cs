using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Evaluation;
using EdgeFace.Hosting;
using EdgeFace.Storage;
using EdgeFace.Tests.Hosting;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class PadCaptureTests : IAsyncLifetime
{
    readonly ControlHouse _house = new();
    readonly List<ControlRequest> _asked = [];
    string _output = "";
    string _error = "";

    string Out => Path.Combine(_house.Folder, "test");

    public ValueTask InitializeAsync()
    {
        _house.Desk.OnStream(ControlCommands.Capture, (call, _) => PicturesAsync(call.Request));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Presentations_are_kept_for_their_owner_and_listed_for_an_evaluation()
    {
        await _house.OpenAsync();

        Assert.Equal(0, await CaptureAsync("--label", "live", "--subject", "s1", "--count", "2"));
        Assert.Equal(0, await CaptureAsync("--label", "spoof", "--attack", "print_laser", "--subject", "s1", "--seconds", "1", "--json"));

        var list = PadManifest.Read(Path.Combine(Out, "manifest.csv"));
        Assert.Equal(
            [(true, "none", "s1", "cam, front"), (true, "none", "s1", "cam, front"), (false, "print_laser", "s1", "cam, front")],
            list.Select(each => (each.IsBonaFide, each.Species, each.Subject, each.Camera)));
        Assert.True(File.Exists(list[0].File));
        Assert.Equal(["000000.jpg", "000250.jpg", "000500.jpg"], Directory.GetFiles(list[2].File).Select(Path.GetFileName).Order());
        Assert.Contains("show people", _error, StringComparison.Ordinal);
        Assert.Equal(3, JsonDocument.Parse(_output).RootElement.GetProperty("pictures").GetInt32());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(list[0].File));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Out, "manifest.csv")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(list[2].File));
        }

        // One more each time, that nobody keeps: it holds the door's decisions back.
        Assert.Equal([null, null, null, null, null, 1.0], _asked.Select(request => request.Seconds));
    }

    [Theory]
    [InlineData("--label spoof --subject s1", "--attack SPECIES")]
    [InlineData("--label live --attack print --subject s1", "for --label spoof")]
    [InlineData("--label spoof --attack none --subject s1", "no species")]
    [InlineData("--label alive --subject s1", "live or spoof")]
    [InlineData("--label live --subject ../s1", "--subject")]
    [InlineData("--label spoof --attack a,b --subject s1", "--attack")]
    [InlineData("--label live --subject s1 --count 0", "--count")]
    [InlineData("--label live --subject s1 --seconds 61", "--seconds")]
    [InlineData("--label live --subject s1 --pause 9", "--pause")]
    public async Task What_cannot_be_meant_is_a_usage_error_and_nobody_is_photographed(string line, string said)
    {
        await _house.OpenAsync();

        Assert.Equal(ExitCode.Usage, await CaptureAsync(line.Split(' ')));

        Assert.Contains(said, _error, StringComparison.Ordinal);
        Assert.Empty(_asked);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public async Task A_door_that_is_not_there_and_a_camera_that_is_lost_are_said_and_nothing_is_listed()
    {
        await _house.OpenAsync();

        Assert.Equal(ExitCode.BadInput, await CaptureAsync("--label", "live", "--subject", "s1", "--camera", "side"));
        Assert.Contains("There is no door 'side'", _error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.No, await CaptureAsync("--label", "live", "--subject", "s1", "--camera", "lost"));
        Assert.Contains("no picture", _error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Out, "manifest.csv")));
    }

    [Fact]
    public async Task Without_a_daemon_it_says_so() =>
        Assert.Equal(ExitCode.Damaged, await CaptureAsync("--label", "live", "--subject", "s1"));

    [Fact]
    public async Task Two_captures_do_not_write_to_one_folder()
    {
        await _house.OpenAsync();
        using var held = PresentationFolder.Open(Out);

        Assert.Equal(ExitCode.BadInput, await CaptureAsync("--label", "live", "--subject", "s1"));

        Assert.Contains("Another capture", _error, StringComparison.Ordinal);
        Assert.Contains("--out", _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_bad_input_with_what_to_do()
    {
        await _house.OpenAsync();
        await File.WriteAllTextAsync(Out, "", ControlHouse.Stop);

        Assert.Equal(ExitCode.BadInput, await CaptureAsync("--label", "live", "--subject", "s1"));

        Assert.Contains("cannot be kept", _error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_keeps_nothing_of_the_presentation_and_the_list_as_it_was()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_house.Folder, "disk")).FullName;
        Needs.SkipOrFail("mount", MemoryDisk.Mount(disk));
        try
        {
            using var folder = PresentationFolder.Open(Path.Combine(disk, "test"));
            folder.Keep(new PresentationLabel(null, "s1"), [Picture(0)]);
            var before = File.ReadAllText(folder.Manifest);
            var large = new SnapshotReport("front", "cam", DateTimeOffset.UnixEpoch.AddSeconds(9), 1, 1, new byte[4 << 20]);

            var fault = Assert.Throws<IOException>(() => folder.Keep(new PresentationLabel("print", "s1"), [Picture(1), large]));

            Assert.Contains("space", fault.Message, StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllText(folder.Manifest));
            Assert.DoesNotContain(
                Directory.GetFileSystemEntries(Path.Combine(disk, "test")), entry => entry.Contains("print", StringComparison.Ordinal));
        }
        finally
        {
            MemoryDisk.Unmount(disk);
        }
    }

    async IAsyncEnumerable<ControlReply> PicturesAsync(ControlRequest request)
    {
        _asked.Add(request);
        await Task.Yield();
        if (request.Door == "side") yield return ControlReply.NoSuchDoor("side", ["front"]);
        if (request.Door == "lost") yield return ControlReply.No("The camera cam gave no picture within 5 s.");
        if (request.Door != "front") yield break;

        for (var i = 0; i < (request.Seconds is null ? 1 : 3); i++)
            yield return ControlReply.Along(Picture(_asked.Count * 10 + i * 0.25), ControlJson.Lines.SnapshotReport);
    }

    static SnapshotReport Picture(double seconds)
    {
        using var frame = Frame.Allocate(32, 16);
        return SnapshotReport.Of("front", "cam, front", DateTimeOffset.UnixEpoch.AddSeconds(seconds), frame);
    }

    async Task<int> CaptureAsync(params string[] line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var home = new Installation("", () => new StateFolder(_house.Folder), TimeProvider.System);
        string[] door = line.Contains("--camera") ? [] : ["--camera", "front"];
        string[] pause = line.Contains("--pause") ? [] : ["--pause", "0"];
        var code = await CommandLine.RunAsync(
            ["pad", "capture", .. door, .. pause, "--out", Out, .. line], [PadCommand.Create(home, new DaemonCall(() => [_house.Place]))],
            output, error, ControlHouse.Stop);
        (_output, _error) = (output.ToString(), error.ToString());
        return code;
    }
}
