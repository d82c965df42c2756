using System.Globalization;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Hosting;
using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Cli;

/// <summary>How the demo's cloud went.</summary>
/// <param name="Events">That the device has written, up to the moment when its outbox was empty.</param>
/// <param name="Held">That the consumer holds for good, each once.</param>
/// <param name="Lost">Numbers that never came.</param>
/// <param name="Again">That came more than once, and were kept once.</param>
/// <param name="Offline">Decisions while the link was cut.</param>
/// <param name="Backlog">Events that waited when it came back.</param>
/// <param name="DrainSeconds">Until the last of them had its receipt.</param>
/// <param name="PushBytes">Of the push, on the wire.</param>
/// <param name="AsExpected">Unknown before the push, let in after it, nothing lost.</param>
sealed record DemoCloudOutcome(
    long Events, long Held, int Lost, long Again, int Offline, long Backlog, double DrainSeconds, long PushBytes, bool AsExpected);

/// <summary>
/// <c>edgeface demo --cloud</c>: a door, a broker and a consumer in one process. A person is enrolled by a signed push from afar,
/// the door opens for him, the event is held and receipted; the link is cut, the door decides on, and what it wrote meanwhile
/// arrives when the link is back.
/// </summary>
static class DemoCloud
{
    const string Door = "front";
    const int OfflineDecisions = 2;

    public static async Task<int> RunAsync(Installation home, bool json, TextWriter output, CancellationToken stop)
    {
        await using var hub = new DemoHub(home.Time);
        DemoEnrollment.Into(hub.Data, home, stop);
        await hub.StartAsync();
        using var place = new PassingFolder();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var start = new DaemonStart(
            Profile(place.Path, hub, home), home.Catalog(), new StateFolder(place.Path), CommandLine.Version, home.Time, _ => null, LogLevel.Error);
        Directory.CreateSymbolicLink(start.Data.Models, home.Data.Models);
        var play = Task.FromResult<DemoCloudOutcome?>(null);
        var code = await DaemonHost.RunAsync(start, daemon => play = DemoWatch.PlayAsync(
            daemon, json ? null : output, ended, watch => new Scene(daemon, hub, watch).PlayAsync()), ended.Token);
        if (await play is not { } outcome) return code == 0 ? ExitCode.No : code;

        await output.WriteLineAsync(json ? JsonSerializer.Serialize(outcome, FaceJson.Lines.DemoCloudOutcome) : Text(outcome));
        return code != 0 ? code : outcome.AsExpected ? ExitCode.Ok : ExitCode.No;
    }

    /// <summary>One door with a camera that plays the demo's person over and over, and a cloud on loopback.</summary>
    static ProfileFile Profile(string folder, DemoHub hub, Installation home)
    {
        var site = Path.Combine(folder, "site.json");
        File.WriteAllText(site, $$"""{ "doors": { "{{Door}}": { "rules": [{ "groups": ["everyone"] }] } } }""");
        var video = Path.Combine(home.Data.Media, DemoScript.Enrollment.File);
        var profile = new DeviceProfile(
            new Dictionary<string, CameraOptions> { [Door] = new($"file:{video}#t=60,64|file:{video}#t=104,108", Loop: true, GapSeconds: 1.5) },
            new Dictionary<string, DoorProfile> { [Door] = new(Door, Simulated: new SimulatedDoorOptions(), Door: new Doors.DoorOptions(OpenSeconds: 1)) },
            site, DemoHub.Device, Cloud: new CloudOptions(hub.Trust, hub.LinkOf(DemoHub.Device)));
        return new ProfileFile("demo", site, profile, ProfileFile.ReadSite(site, profile));
    }

    static string Text(DemoCloudOutcome outcome) => string.Create(CultureInfo.InvariantCulture,
        $"{outcome.Events} events written at the door, {outcome.Held} held by the consumer, each once ({outcome.Again} came again and were "
        + $"known), {outcome.Lost} lost; {outcome.Offline} decisions without a link, {outcome.Backlog} events drained in {outcome.DrainSeconds:F1} s: "
        + $"{(outcome.AsExpected ? "as expected" : "NOT AS EXPECTED")}");

    /// <summary>The play itself.</summary>
    sealed class Scene(DoorDaemon daemon, DemoHub hub, DemoWatch watch)
    {
        public async Task<DemoCloudOutcome> PlayAsync()
        {
            await watch.DecidesAsync("denied.unknown", "the door knows nobody");
            await watch.UntilAsync(() => hub.IdentityOf(daemon.Data) is not null, "the device tells the hub its sealing key");
            var bytes = hub.Push(daemon.Embedder, hub.IdentityOf(daemon.Data) ?? throw new TimeoutException("The device has not said who it is."));
            await watch.SayAsync("hub", $"pushes {DemoScript.Person}: {bytes:N0} bytes, signed, and sealed to this door");
            await watch.UntilAsync(() => hub.IsPushed, "the push is in force at the door");
            await watch.SayAsync("hub", "the door says that the gallery is in force");
            await watch.DecidesAsync(DemoWatch.Grant, "the door opens for whom it has never seen enrolled");
            await watch.UntilAsync(() => daemon.Journal.OutboxDepth == 0, "every event has its receipt");
            await watch.SayAsync("hub", $"holds {hub.Held} events; the door's outbox is empty");

            await hub.CutAsync();
            await watch.SayAsync("link", "is cut");
            var before = watch.Decisions.Count;
            await watch.UntilAsync(() => watch.Decisions.Count >= before + OfflineDecisions, "the door decides without a link");
            var (offline, backlog) = (watch.Decisions.Count - before, daemon.Journal.OutboxDepth);
            await watch.SayAsync("link", $"comes back; {backlog} events wait at the door");
            await hub.OpenAsync();
            var back = daemon.Time.GetTimestamp();
            await watch.UntilAsync(() => daemon.Journal.OutboxDepth == 0, "the backlog is drained");
            var drained = daemon.Time.GetElapsedTime(back).TotalSeconds;
            await watch.SayAsync("hub", $"holds {hub.Held} events; the door's outbox is empty");
            return Outcome(offline, backlog, drained, bytes);
        }

        DemoCloudOutcome Outcome(int offline, long backlog, double drained, long bytes)
        {
            var (held, holes, events) = (hub.Held, hub.Holes, daemon.Journal.Read().LastSeq() - daemon.Journal.OutboxDepth);
            var decisions = watch.Decisions.ToList();
            var learned = decisions.IndexOf(DemoWatch.Grant) is > 0 and var first && decisions.Take(first).All(kind => kind != DemoWatch.Grant);
            return new DemoCloudOutcome(
                events, held, holes, hub.Again, offline, backlog, drained, bytes, learned && holes == 0 && held >= events && offline >= OfflineDecisions);
        }
    }
}
