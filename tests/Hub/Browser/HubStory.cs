using EdgeFace.Cli;
using EdgeFace.Hub.Storage;
using EdgeFace.Storage;
using Microsoft.Playwright;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>
/// A hub, a device whose camera plays a video, and a browser: three programs as they are shipped, which the tests of one class use one
/// after the other. Each test is a chapter: when one fails, those after it do not begin.
/// </summary>
public sealed class HubStory : IAsyncLifetime
{
    /// <summary>What a browser says of an answer that a test has asked for, and looks at itself.</summary>
    static readonly string[] Answers = ["with a status of 403", "with a status of 500", "ERR_INTERNET_DISCONNECTED"];

    internal const string Device = "north-entrance", Door = "front", Owner = "olga", Password = "seven quiet herons";

    readonly ScratchFolder _scratch = new();
    readonly List<string> _complaints = [];
    readonly List<(string Who, IBrowserContext Context)> _browsers = [];
    Chromium? _chromium;
    RunningProgram? _hub, _agent;
    IPage? _page;
    string _media = "", _models = "", _now = "";
    string? _failed;

    /// <summary>The owner's.</summary>
    internal IPage Page => _page ?? throw new InvalidOperationException("The hub has not begun.");

    /// <summary>Of the hub, as it says it itself, without a slash at the end.</summary>
    internal string Address { get; private set; } = "";

    /// <summary>Where the first owner is made, as the hub prints it.</summary>
    internal string Setup { get; private set; } = "";

    internal PageLook Look { get; } = new();

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask; // what is missing skips a test, and not before there is one

    /// <summary>Plays a chapter. Of one that fails, what every browser shows is kept, and what it did (trace.zip).</summary>
    internal async Task PlayAsync(string chapter, Func<IPage, Task> play)
    {
        Assert.True(_failed is null, $"The chapter '{_failed}' failed, and this one goes on from there.");
        try
        {
            await BeginAsync();
            _now = chapter;
            await play(Page);
            Assert.True(_complaints.Count == 0, $"The browser complains: {string.Join('\n', _complaints)}");
        }
        catch (Exception e)
        {
            if (e.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal)) throw;

            _failed = chapter;
            await KeepAsync(chapter);
            throw;
        }
    }

    /// <summary>A browser of somebody else.</summary>
    internal async Task<IPage> OpenAsync(string who)
    {
        var context = await (_chromium ?? throw new InvalidOperationException()).OpenAsync(Address);
        _browsers.Add((who, context));
        await context.Tracing.StartAsync(new TracingStartOptions { Snapshots = true });
        var page = await context.NewPageAsync();
        page.PageError += (_, fault) => _complaints.Add($"{_now}, {who}, {page.Url}: {fault}");
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning" && !Answers.Any(status => said.Text.Contains(status, StringComparison.Ordinal))) _complaints.Add($"{_now}, {who}, {page.Url}: {said.Text}");
        };
        page.Dialog += (_, dialog) => _complaints.Add($"{_now}, {who}: a dialog: {dialog.Message}");
        return page;
    }

    /// <summary>
    /// Runs a line in a shell as it stands. This machine differs from a device in two things: one is root already, and program and profile
    /// lie elsewhere. So "sudo" does nothing, and "edgeface" is the program that was built, with the profile named.
    /// </summary>
    internal async Task<(int Code, string Said)> TypeAsync(string line)
    {
        var (bin, profile) = (_scratch["bin"], WriteProfile());
        Directory.CreateDirectory(bin);
        Write(Path.Combine(bin, "sudo"), "#!/bin/sh\nexec \"$@\"\n");
        Write(Path.Combine(bin, "edgeface"), $"#!/bin/sh\nexec '{Agent}' \"$@\" --profile '{profile}'\n");
        using var shell = RunningProgram.Start("/bin/sh", ["-c", line], ("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}"), ("EDGEFACE_DATA", DeviceData));
        return (await shell.EndAsync(Stop), shell.Said);
    }

    /// <summary>One of the device's own commands.</summary>
    internal async Task<(int Code, string Said)> AtDeviceAsync(params string[] arguments)
    {
        using var program = RunningProgram.Start(Agent, arguments, ("EDGEFACE_DATA", DeviceData));
        return (await program.EndAsync(Stop), program.Said);
    }

    /// <summary>As if everybody had shown his password long ago.</summary>
    internal async Task AgeSessionsAsync()
    {
        await using var database = new SqliteDatabase(new HubFolder(_scratch["hub"]).Database);
        await using var connection = await database.OpenAsync(Stop);
        Assert.True(await connection.ExecuteAsync("UPDATE session SET verified = 0", [], Stop) > 0);
    }

    /// <summary>The device begins to watch its door: the demo's person comes, then somebody else, and so on.</summary>
    internal void StartDevice() => _agent = RunningProgram.Start(Agent, ["run", "--profile", WriteProfile()], ("EDGEFACE_DATA", DeviceData));

    /// <summary>As its service is stopped.</summary>
    internal async Task StopDeviceAsync()
    {
        await (_agent ?? throw new InvalidOperationException("No device runs.")).StopAsync(Stop);
        _agent.Dispose();
        _agent = null;
    }

    /// <summary>From now on so many tries that failed shut the door.</summary>
    internal async Task ShutAfterAsync(int tries)
    {
        WriteSite(tries);
        var (code, said) = await AtDeviceAsync("reload");
        Assert.True(code == 0, said);
    }

    /// <summary>A picture of the demo's media.</summary>
    internal FilePayload Still(string file, string? called = null) => Photo(called ?? file, File.ReadAllBytes(Path.Combine(_media, file)));

    internal static FilePayload Photo(string name, byte[] bytes) =>
        new() { Name = name, MimeType = name.EndsWith(".png", StringComparison.Ordinal) ? "image/png" : "image/jpeg", Buffer = bytes };

    /// <summary>Pictures of the demo's person, from another part of his video than the one that the door sees.</summary>
    internal FilePayload[] PhotosOfPerson(params double[] seconds)
    {
        using var video = new VideoCapture(Path.Combine(_media, DemoScript.Enrollment.File), VideoCaptureAPIs.FFMPEG);
        using var picture = new Mat();
        var photos = new List<FilePayload>();
        foreach (var at in seconds)
        {
            video.Set(VideoCaptureProperties.PosMsec, at * 1000);
            Assert.True(video.Read(picture));
            photos.Add(Photo($"franck-{photos.Count + 1}.png", picture.ImEncode(".png")));
        }

        return [.. photos];
    }

    internal string MediaFile(string file) => Path.Combine(_media, file);

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null) await _chromium.DisposeAsync();
        _agent?.Dispose();
        _hub?.Dispose();
        _scratch.Dispose();
    }

    static string Agent => RunningProgram.Built("EdgeFace.Agent", "edgeface");

    string DeviceData => _scratch["device"];

    async Task BeginAsync()
    {
        if (_chromium is not null) return;

        (_models, _media) = (await Downloads.ModelsAsync(), await Downloads.MediaAsync());
        _chromium = await Chromium.StartAsync();
        _hub = RunningProgram.Start(
            RunningProgram.Built("EdgeFace.Hub", "edgeface-hub"), ["run", "--data", _scratch["hub"], "--port", "0", "--broker-port", "0"],
            ("EDGEFACE_DATA", Path.GetDirectoryName(_models) ?? ""));
        Address = await _hub.LineAsync("The hub's page: ");
        Setup = await _hub.LineAsync("Nobody can sign in yet. Make the first owner: ");
        Directory.CreateDirectory(DeviceData);
        Directory.CreateSymbolicLink(new StateFolder(DeviceData).Models, _models);
        _page = await OpenAsync(Owner);
    }

    /// <summary>One door with a camera; the same answer to every call, as provisioning writes into the file.</summary>
    string WriteProfile()
    {
        var profile = _scratch["profile.json"];
        if (File.Exists(profile)) return profile;

        WriteSite(tries: 100);
        Write(profile, $$"""
            {
              "cameras": {
                "{{Door}}": { "source": "file:{{MediaFile(DemoScript.Enrollment.File)}}#t=60,64|file:{{MediaFile(DemoScript.Scenes[1].File)}}#t=0,4", "loop": true, "gap_seconds": 1.5 }
              },
              "doors": { "{{Door}}": { "camera": "{{Door}}", "simulated": {}, "door": { "open_seconds": 1 } } },
              "site": "site.json"
            }
            """);
        return profile;
    }

    void WriteSite(int tries) => Write(
        _scratch["site.json"], $$"""{ "doors": { "{{Door}}": { "rules": [{ "groups": ["everyone"] }] } }, "lockout": { "attempts": {{tries}}, "seconds": 600 } }""");

    async Task KeepAsync(string chapter)
    {
        var name = string.Concat(chapter.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        var folder = Directory.CreateDirectory(Path.Combine(PageLook.Folder, "failed", name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "hub.txt"), _hub?.Said ?? "", CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(folder, "device.txt"), _agent?.Said ?? "", CancellationToken.None);
        foreach (var (who, context) in _browsers)
        {
            foreach (var (i, page) in context.Pages.Index()) await PageLook.PictureAsync(page, Path.Combine("failed", name, $"{who}-{i}.png"));
            await context.Tracing.StopAsync(new TracingStopOptions { Path = Path.Combine(folder, $"{who}-trace.zip") });
        }
    }

    static void Write(string file, string text)
    {
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows() && text.StartsWith("#!", StringComparison.Ordinal))
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
