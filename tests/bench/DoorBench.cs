using EdgeFace.Capture;
using EdgeFace.Cli;
using EdgeFace.Doors;
using EdgeFace.Hosting;
using EdgeFace.Pipeline;
using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Benchmarks;

/// <summary>
/// The real daemon on the demo's video: one man comes to the door again and again, each time for a second and a half, with a
/// second without pictures between two visits.
/// </summary>
sealed class DoorBench : IDisposable
{
    const int Visits = 20;
    const double VisitSeconds = 1.5;

    readonly PassingFolder _place = new();
    readonly Installation _home = Machine.Home();

    public DoorBench()
    {
        Data = new StateFolder(_place.Path);
        DemoEnrollment.Into(Data, _home, CancellationToken.None);
    }

    /// <summary>Gallery and journal of this run alone.</summary>
    public StateFolder Data { get; }

    /// <summary>Runs the daemon until it is told to end.</summary>
    /// <param name="doors">Each with a camera of its own.</param>
    /// <param name="visits">False plays the video as it is: somebody stands there all the time.</param>
    /// <param name="concluded">Hears every decision.</param>
    /// <param name="started">Hears when it runs.</param>
    /// <param name="stop">Tells it to end.</param>
    /// <param name="cloud">What it is connected with; null: nothing.</param>
    public Task<int> RunAsync(
        int doors, bool visits, Action<DoorConclusion> concluded, Action<DoorDaemon> started, CancellationToken stop, CloudOptions? cloud = null)
    {
        var names = Enumerable.Range(1, doors).Select(number => $"door{number}").ToArray();
        var source = visits
            ? string.Join('|', Enumerable.Range(0, Visits).Select(visit => FormattableString.Invariant(
                $"file:{Path.Combine(Data.Media, "franck.mp4")}#t={60 + 4 * visit},{60 + 4 * visit + VisitSeconds}")))
            : $"file:{Path.Combine(Data.Media, "franck.mp4")}";
        var profile = new DeviceProfile(
            names.ToDictionary(name => name, _ => new CameraOptions(source, FramesPerSecond: 25, Loop: true, GapSeconds: visits ? 1 : 0)),
            names.ToDictionary(name => name, name => new DoorProfile(
                name, Simulated: new SimulatedDoorOptions(), Door: new DoorOptions(OpenSeconds: 1))),
            "site.json", Journal: new(MegabytesMax: 2_000), Device: cloud is null ? JournalFill.Device : DeliveryBroker.Device, Cloud: cloud);
        var rules = string.Join(", ", names.Select(name => $"\"{name}\": {{ \"rules\": [{{ \"groups\": [\"everyone\"] }}] }}"));
        var site = Sites.Site.Parse($"{{ \"doors\": {{ {rules} }} }}", "site.json");
        var start = new DaemonStart(
            new ProfileFile("bench.json", "site.json", profile, site), _home.Catalog(), Data, "bench", TimeProvider.System, _ => null,
            LogLevel.Error);
        return DaemonHost.RunAsync(start, daemon =>
        {
            daemon.Concluded += concluded;
            started(daemon);
        }, stop);
    }

    public void Dispose() => _place.Dispose();
}
