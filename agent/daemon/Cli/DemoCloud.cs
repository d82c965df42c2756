using System.Globalization;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Hosting;
using EdgeFace.Journal;
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
    const string Door = "front", Grant = "granted", Denial = "denied.";
    const int OfflineDecisions = 2;

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>A scene that does not come within this does not come at all.</summary>
    static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(60);

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
        var code = await DaemonHost.RunAsync(start, daemon => play = PlayAsync(daemon, hub, json ? null : output, ended), ended.Token);
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

    static async Task<DemoCloudOutcome?> PlayAsync(DoorDaemon daemon, DemoHub hub, TextWriter? output, CancellationTokenSource ended)
    {
        var scene = new Scene(daemon, hub, output, ended.Token);
        try
        {
            return await scene.PlayAsync();
        }
        catch (TimeoutException e)
        {
            if (output is not null) await output.WriteLineAsync(e.Message);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    static string Text(DemoCloudOutcome outcome) => string.Create(CultureInfo.InvariantCulture,
        $"{outcome.Events} events written at the door, {outcome.Held} held by the consumer, each once ({outcome.Again} came again and were "
        + $"known), {outcome.Lost} lost; {outcome.Offline} decisions without a link, {outcome.Backlog} events drained in {outcome.DrainSeconds:F1} s: "
        + $"{(outcome.AsExpected ? "as expected" : "NOT AS EXPECTED")}");

    /// <summary>The play itself, with its clock and its place in the journal.</summary>
    sealed class Scene(DoorDaemon daemon, DemoHub hub, TextWriter? output, CancellationToken stop)
    {
        readonly long _began = daemon.Time.GetTimestamp();
        readonly List<string> _decisions = [];
        long _after;

        public async Task<DemoCloudOutcome> PlayAsync()
        {
            await DecidesAsync("denied.unknown", "the door knows nobody");
            await UntilAsync(() => hub.IdentityOf(daemon.Data) is not null, "the device tells the hub its sealing key");
            var bytes = hub.Push(daemon.Embedder, hub.IdentityOf(daemon.Data) ?? throw new TimeoutException("The device has not said who it is."));
            await SayAsync("hub", $"pushes {DemoScript.Person}: {bytes:N0} bytes, signed, and sealed to this door");
            await UntilAsync(() => hub.IsPushed, "the push is in force at the door");
            await SayAsync("hub", "the door says that the gallery is in force");
            await DecidesAsync(Grant, "the door opens for whom it has never seen enrolled");
            await UntilAsync(() => daemon.Journal.OutboxDepth == 0, "every event has its receipt");
            await SayAsync("hub", $"holds {hub.Held} events; the door's outbox is empty");

            await hub.CutAsync();
            await SayAsync("link", "is cut");
            var before = _decisions.Count;
            await UntilAsync(() => _decisions.Count >= before + OfflineDecisions, "the door decides without a link");
            var (offline, backlog) = (_decisions.Count - before, daemon.Journal.OutboxDepth);
            await SayAsync("link", $"comes back; {backlog} events wait at the door");
            await hub.OpenAsync();
            var back = daemon.Time.GetTimestamp();
            await UntilAsync(() => daemon.Journal.OutboxDepth == 0, "the backlog is drained");
            var drained = daemon.Time.GetElapsedTime(back).TotalSeconds;
            await SayAsync("hub", $"holds {hub.Held} events; the door's outbox is empty");
            return Outcome(offline, backlog, drained, bytes);
        }

        DemoCloudOutcome Outcome(int offline, long backlog, double drained, long bytes)
        {
            var (held, holes, events) = (hub.Held, hub.Holes, daemon.Journal.Read().LastSeq() - daemon.Journal.OutboxDepth);
            var learned = _decisions.IndexOf(Grant) is > 0 and var first && _decisions.Take(first).All(kind => kind != Grant);
            return new DemoCloudOutcome(
                events, held, holes, hub.Again, offline, backlog, drained, bytes, learned && holes == 0 && held >= events && offline >= OfflineDecisions);
        }

        async Task DecidesAsync(string kind, string what)
        {
            var before = _decisions.Count;
            await UntilAsync(() => _decisions.Skip(before).Contains(kind), what);
        }

        async Task UntilAsync(Func<bool> isSo, string what)
        {
            var since = daemon.Time.GetTimestamp();
            while (true)
            {
                await HearAsync();
                if (isSo()) return;
                if (daemon.Time.GetElapsedTime(since) > GiveUp)
                    throw new TimeoutException($"For {GiveUp.TotalSeconds:0} s it was waited that {what}; it did not come.");

                await Task.Delay(Poll, daemon.Time, stop);
            }
        }

        async Task HearAsync()
        {
            foreach (var seen in daemon.Journal.Read().Events(new EventQuery(_after)))
            {
                _after = seen.Id.Seq;
                if (seen.What.Kind == Grant || seen.What.Kind.StartsWith(Denial, StringComparison.Ordinal)) _decisions.Add(seen.What.Kind);
                if (seen.What.Priority is not EventPriority.Telemetry) await SayAsync(seen.What.Door ?? "agent", $"{seen.What.Kind,-22} {seen.What.Remedy}");
            }
        }

        async Task SayAsync(string who, string what)
        {
            if (output is null) return;

            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{daemon.Time.GetElapsedTime(_began).TotalSeconds,6:F2} s  {who,-6} {PlainText.Of(what)}").TrimEnd());
        }
    }
}
