using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Doors;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Recognition;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>
/// The real daemon: one door of memory, a camera that plays Franck's video over and over, and Franck enrolled. It is asked
/// through its control socket, as a shell asks it. Its door asks for no motion, since two seconds do not always show enough.
/// </summary>
sealed class DaemonHouse : IAsyncDisposable
{
    const string Door = "front";

    readonly ScratchFolder _folder = new();
    CancellationTokenSource _stop = new();
    Task<int> _run = Task.FromResult(0);

    DaemonHouse(Installation home)
    {
        Home = home;
        Data = new StateFolder(_folder["data"]);
        Data.Create();
        DemoEnrollment.Into(Data, home, Stop);
        var video = Path.Combine(home.Data.Media, "franck.mp4");
        Profile = new DeviceProfile(
            new Dictionary<string, CameraOptions> { ["cam"] = new($"file:{video}#t=60,62|file:{video}#t=64,66", Loop: true, GapSeconds: 1) },
            new Dictionary<string, DoorProfile> { [Door] = new("cam", Simulated: new SimulatedDoorOptions(), Door: new DoorOptions(OpenSeconds: 1), MotionMin: 0) },
            "site.json", "house", Journal: new(CommitWindowMs: 0, ReserveMegabytes: 0));
        WriteSite("""{ "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } } }""");
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Installation Home { get; }

    public StateFolder Data { get; }

    public DeviceProfile Profile { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public static async Task<DaemonHouse> BuildAsync()
    {
        var models = await Downloads.ModelsAsync();
        await Downloads.MediaAsync();
        var data = new StateFolder(Path.GetDirectoryName(models) ?? "");
        return new DaemonHouse(new Installation(Downloads.Profile("models.json"), data, TimeProvider.System));
    }

    /// <summary>A second door, with a camera of its own that shows nobody.</summary>
    public void AddDoor(string name)
    {
        var nobody = Path.Combine(Home.Data.Media, "franck.mp4");
        Profile = Profile with
        {
            Cameras = new Dictionary<string, CameraOptions>(Profile.Cameras) { [name] = new($"file:{nobody}#t=60,61") },
            Doors = new Dictionary<string, DoorProfile>(Profile.Doors)
            {
                [name] = new(name, Simulated: new SimulatedDoorOptions(), Door: new DoorOptions(OpenSeconds: 1)),
            },
        };
        WriteSite($$"""{ "doors": { "{{Door}}": { "rules": [{ "groups": ["x"] }] }, "{{name}}": { "rules": [{ "groups": ["x"] }] } }, "groups": ["x"] }""");
    }

    public void WriteSite(string json) => File.WriteAllText(_folder["site.json"], json);

    /// <summary>It ends in order, and may be started again.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
        _stop = new CancellationTokenSource();
    }

    public async Task<DoorDaemon> StartAsync()
    {
        var started = new TaskCompletionSource<DoorDaemon>(TaskCreationOptions.RunContinuationsAsynchronously);
        _run = RunAsync(started.SetResult);
        await Task.WhenAny(started.Task, _run);
        if (_run.IsFaulted) await _run;
        return await started.Task;
    }

    /// <summary>Another one on the same folder, or the first where it must not come up.</summary>
    public Task<int> RunAsync(Action<DoorDaemon> started)
    {
        var file = new ProfileFile("house.json", _folder["site.json"], Profile, ProfileFile.ReadSite(_folder["site.json"], Profile));
        var start = new DaemonStart(file, Home.Catalog(), Data, "test", Time, _ => null, LogLevel.None);
        return Task.Run(() => DaemonHost.RunAsync(start, started, _stop.Token));
    }

    /// <returns>The last line of the answer.</returns>
    public async Task<ControlReply> AskAsync(
        ControlCommand command, string? door = null, bool? off = null, double? seconds = null, string? name = null)
    {
        using var client = await ControlClient.ConnectAsync([ControlPath.Choose(_ => null, () => Data)], Stop);
        return (await ControlHouse.ToListAsync(client.AskAsync(new ControlRequest(command.Name, door, seconds, Off: off, Name: name), Stop), Stop))[^1];
    }

    public List<JournalEntry> Events(string kind) =>
        [.. new JournalReader(Data.Journal).Events(new EventQuery()).Where(entry => entry.What.Kind == kind)];

    public Task HappensAsync(string kind, int times = 1) =>
        Eventually.TrueAsync(() => Events(kind).Count >= times, kind, instead: Happened);

    /// <summary>Every event so far, for whoever waits for another.</summary>
    string Happened() => string.Join(
        ", ", new JournalReader(Data.Journal).Events(new EventQuery()).Select(entry => $"{entry.What.Kind} ({entry.What.Value} {entry.What.Limit})"));

    /// <summary>People whom nobody ever sees: one template each, in directions of their own.</summary>
    public void EnrolStrangers(int count)
    {
        var card = Home.Catalog().DefaultOf(ModelKind.Embedding);
        using var store = SubjectStore.Open(Data, TimeProvider.System);
        var enroller = new Enroller(store, TimeProvider.System);
        for (var i = 0; i < count; i++)
        {
            var values = new float[card.Width];
            values[i] = 1;
            enroller.Enroll(
                new Enrollment($"Stranger {i}", null, [new(new Embedding(card.ModelId, values), 1, TimeProvider.System.GetUtcNow())]),
                similarityMin: 1, force: true);
        }
    }

    public void Remove(string name)
    {
        using var store = SubjectStore.Open(Data, TimeProvider.System);
        store.Erase(store.FindByName(name)?.Id ?? default);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _folder.Dispose();
    }
}
