using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeFace.Alignment;
using EdgeFace.Hosting;
using EdgeFace.Recognition;
using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Cli;

/// <summary>How the demo's site went.</summary>
/// <param name="Page">Of the hub.</param>
/// <param name="Denied">The door knew nobody at first.</param>
/// <param name="PushSeconds">From the photos' enrolment at the hub until the door had the gallery in force.</param>
/// <param name="Granted">The door opened for the person.</param>
/// <param name="EventsAtHub">That the hub holds of the device.</param>
/// <param name="Locked">The lockdown from the hub was done at the door.</param>
/// <param name="Erased">The device's signed receipt came, and the door knew him no more.</param>
/// <param name="AsExpected">All of it.</param>
sealed record DemoSiteOutcome(
    string Page, bool Denied, double PushSeconds, bool Granted, long EventsAtHub, bool Locked, bool Erased, bool AsExpected);

/// <summary>
/// <c>edgeface demo --hub</c>: a device and a hub as two programs, set up as anybody would: a code for the device, photos of the person at
/// the hub, a door that opens on video, a lockdown, an erasure with its receipt. Then both go on, for whoever wants to look at the page.
/// </summary>
static class DemoSite
{
    const string Device = "demo-door", Door = "front", Operator = "demo";
    const int Photos = 3;

    static readonly string[] Scopes = ["view_events", "view_people", "enroll", "erase", "fleet", "command", "lockdown", "metrics"];

    public static async Task<int> RunAsync(
        Installation home, string hubProgram, int port, bool json, bool stay, TextWriter output, CancellationToken stop)
    {
        using var place = new PassingFolder();
        using var hub = await HubProgram.StartAsync(hubProgram, Path.Combine(place.Path, "hub"), home.Data.Path, port, stop);
        var password = await hub.RunAsync(["operator", "add", Operator], stop);
        hub.SignIn(await hub.RunAsync(["token", "add", "demo", "--operator", Operator, .. Scopes.SelectMany(scope => new[] { "--scope", scope })], stop));
        if (!json)
        {
            await output.WriteLineAsync($"The hub's page: {hub.Page}");
            await output.WriteLineAsync($"Sign in as {Operator} with {password} (the page asks for another password then).\n");
        }

        var data = new StateFolder(Path.Combine(place.Path, "device"));
        data.Create();
        Directory.CreateSymbolicLink(data.Models, home.Data.Models);
        var profile = WriteProfile(place.Path, home);
        var invitation = await hub.PostAsync($"/api/devices/{Device}/invitation", null, stop);
        await new HubProvisioning(data, home.Time).RunAsync(hub.Page, Device, invitation.GetProperty("code").GetString() ?? "", null, profile, stop);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var start = new DaemonStart(
            ProfileFile.Load(profile, place.Path, data), home.Catalog(), data, CommandLine.Version, home.Time, _ => null, LogLevel.Error);
        var play = Task.FromResult<DemoSiteOutcome?>(null);
        var code = await DaemonHost.RunAsync(start, daemon => play = DemoWatch.PlayAsync(
            daemon, json ? null : output, ended, watch => PlayAsync(daemon, hub, home, watch, stay, ended.Token)), ended.Token);
        if (await play is not { } outcome) return code == 0 ? ExitCode.No : code;

        await output.WriteLineAsync(json ? JsonSerializer.Serialize(outcome, FaceJson.Lines.DemoSiteOutcome) : Text(outcome));
        return code != 0 ? code : outcome.AsExpected ? ExitCode.Ok : ExitCode.No;
    }

    /// <summary>One door with a camera that plays the demo's person over and over.</summary>
    static string WriteProfile(string folder, Installation home)
    {
        var video = Path.Combine(home.Data.Media, DemoScript.Enrollment.File);
        File.WriteAllText(Path.Combine(folder, "site.json"), $$"""{ "doors": { "{{Door}}": { "rules": [{ "groups": ["everyone"] }] } } }""");
        var profile = Path.Combine(folder, "profile.json");
        File.WriteAllText(profile, $$"""
            {
              "cameras": { "{{Door}}": { "source": {{JsonEncodedText.Encode($"file:{video}#t=60,64|file:{video}#t=104,108") switch { var text => $"\"{text}\"" }}}, "loop": true, "gap_seconds": 1.5 } },
              "doors": { "{{Door}}": { "camera": "{{Door}}", "simulated": {}, "door": { "open_seconds": 1 } } },
              "site": "site.json"
            }
            """);
        return profile;
    }

    static async Task<DemoSiteOutcome> PlayAsync(
        DoorDaemon daemon, HubProgram hub, Installation home, DemoWatch watch, bool stay, CancellationToken stop)
    {
        var outcome = await new Scene(daemon, hub, home, watch, stop).PlayAsync();
        if (!stay) return outcome;

        await watch.SayAsync("hub", $"{hub.Page} stays open until Ctrl+C");
        await watch.FollowAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return outcome;
    }

    static string Text(DemoSiteOutcome outcome) => string.Create(CultureInfo.InvariantCulture,
        $"unknown first: {Word(outcome.Denied)}; enrolled by photo and in force at the door after {outcome.PushSeconds:F1} s; let in: {Word(outcome.Granted)}; the hub holds "
        + $"{outcome.EventsAtHub} events; lockdown done: {Word(outcome.Locked)}; erased with a signed receipt: {Word(outcome.Erased)}: "
        + $"{(outcome.AsExpected ? "as expected" : "NOT AS EXPECTED")}");

    static string Word(bool isSo) => isSo ? "yes" : "NO";

    /// <summary>The play itself.</summary>
    sealed class Scene(DoorDaemon daemon, HubProgram hub, Installation home, DemoWatch watch, CancellationToken stop)
    {
        public async Task<DemoSiteOutcome> PlayAsync()
        {
            await watch.DecidesAsync("denied.unknown", "the door knows nobody");
            await watch.UntilAsync(async () => Device(await hub.GetAsync("/api/devices", stop)) is { } own && own.GetProperty("online").GetBoolean()
                && own.TryGetProperty("model", out _), "the device is online at the hub");

            var (person, began) = (await EnrollAsync(), daemon.Time.GetTimestamp());
            await watch.SayAsync("hub", $"enrols {DemoScript.Person} from {Photos} photos");
            await watch.UntilAsync(() => IsInForceAsync(), "the gallery is in force at the door");
            var push = daemon.Time.GetElapsedTime(began).TotalSeconds;
            await watch.SayAsync("hub", "the door says that the gallery is in force");
            await watch.DecidesAsync(DemoWatch.Grant, "the door opens for whom only the hub has seen");
            await watch.UntilAsync(() => daemon.Journal.OutboxDepth == 0, "every event has its receipt");
            var granted = (await hub.GetAsync($"/api/events?kind=granted&person={person}", stop)).GetArrayLength();

            await hub.PostAsync("/api/lockdown", Json(new { off = false }), stop);
            await watch.UntilAsync(() => IsDoneAsync("lockdown"), "the door is locked down");
            await hub.PostAsync("/api/lockdown", Json(new { off = true }), stop);
            await watch.UntilAsync(() => IsDoneAsync("lockdown off"), "the lockdown is over");

            await hub.DeleteAsync($"/api/people/{person}", stop);
            await watch.SayAsync("hub", $"erases {DemoScript.Person}");
            await watch.UntilAsync(() => IsReceiptedAsync(person), "the device's signed receipt of the erasure comes");
            await watch.SayAsync("hub", "holds the device's signed receipt of the erasure");
            await watch.DecidesAsync("denied.unknown", "the door knows him no more");
            var held = (await hub.GetAsync("/api/events?count=500", stop)).GetArrayLength();
            return new DemoSiteOutcome(hub.Page.ToString(), true, push, granted > 0, held, true, true, granted > 0);
        }

        static JsonElement? Device(JsonElement devices) =>
            devices.EnumerateArray().Where(each => each.GetProperty("name").GetString() == DemoSite.Device).Cast<JsonElement?>().FirstOrDefault();

        static JsonContent Json(object what) => JsonContent.Create(what);

        async Task<bool> IsInForceAsync()
        {
            var gallery = (await hub.GetAsync("/api/galleries", stop)).EnumerateArray().First();
            return gallery.GetProperty("people").GetInt32() == 1 && gallery.GetProperty("devices_there").GetInt32() == 1;
        }

        async Task<bool> IsDoneAsync(string command) => (await hub.GetAsync($"/api/commands?device={DemoSite.Device}", stop)).EnumerateArray()
            .Any(sent => sent.GetProperty("command").GetString() == command && sent.TryGetProperty("result", out var result) && result.GetString() == "done");

        async Task<bool> IsReceiptedAsync(string person) => (await hub.GetAsync($"/api/erasures/{person}", stop)).GetProperty("devices").EnumerateArray()
            .All(device => device.TryGetProperty("erased_at", out _));

        /// <summary>As an operator would: good photos of the person, and to what he has agreed.</summary>
        async Task<string> EnrollAsync()
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent(DemoScript.Person), "name" },
                { new StringContent("demo"), "consent_text" },
            };
            foreach (var (index, photo) in Taken().Index())
            {
                var part = new ByteArrayContent(photo);
                part.Headers.ContentType = new MediaTypeHeaderValue("image/png");
                form.Add(part, "photo", $"photo-{index + 1}.png");
            }

            return (await hub.PostAsync("/api/people", form, stop)).GetProperty("id").GetString() ?? "";
        }

        List<byte[]> Taken()
        {
            using var recognizer = FaceRecognizer.Load(home.Catalog(), home.Data.Models);
            var photos = new List<byte[]>();
            VideoSampler.Each(Path.Combine(home.Data.Media, DemoScript.Enrollment.File), TimeSpan.FromSeconds(1), frame =>
            {
                if (photos.Count < Photos && recognizer.Locate(frame) is [var face] && QualityLimits.Enrollment.Check(face.Quality) is null)
                    photos.Add(FaceDrawing.Draw(frame, []));
            }, stop);
            return photos;
        }
    }
}
