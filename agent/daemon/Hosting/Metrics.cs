using System.Diagnostics.Metrics;
using EdgeFace.Profiles;

namespace EdgeFace.Hosting;

/// <summary>A camera's counters, as they are when somebody asks.</summary>
readonly record struct CameraReading(string State, string Scene, long Frames, long Drops, long Reconnects);

/// <summary>The journal's counters, as they are when somebody asks.</summary>
readonly record struct JournalReading(long Written, long Lost, long OutboxDepth);

/// <summary>The cloud connection's counters, as they are when somebody asks.</summary>
readonly record struct CloudReading(
    string Link, long Sent, long SentAgain, long Receipted, long ReceiptsRefused, long CommandsRefused, long PushesRefused, long Ignored,
    long GalleryVersion);

/// <summary>
/// The daemon's figures, one meter. What counts itself already (cameras, doors, the journal) is asked when somebody
/// collects; what happens once a frame or a decision is recorded through <see cref="DoorMeter"/>. Every label comes from the
/// profile or is a code: nobody's name, and no more series than doors, cameras and codes.
/// </summary>
sealed class Metrics : IDisposable
{
    public const string MeterName = "EdgeFace";

    static readonly string[] CameraStates = ["connecting", "live", "lost", "ended"];
    static readonly string[] Scenes = ["frozen", "black", "looped"];
    static readonly string[] LinkStates = ["idle", "connecting", "online", "offline"];
    static readonly string[] DoorStates = ["locked", "unlocked", "open", "held_open", "forced"];

    /// <summary>Seconds. Fine around what is promised, 0.15 and 0.4; 1.5 is where a decision is stale.</summary>
    static readonly double[] AgeBounds = [0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2.5, 5];

    /// <summary>Seconds. A stage costs from a tenth of a millisecond to some tens.</summary>
    static readonly double[] StageBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5];

    readonly Meter _meter;
    readonly Histogram<double> _captureToRelay;
    readonly Histogram<double> _stage;
    readonly Histogram<double> _frameAge;
    readonly Histogram<double> _toVerdict;
    readonly Counter<long> _decisions;
    readonly Counter<long> _lockouts;

    /// <param name="name">Another one keeps a test's figures apart.</param>
    public Metrics(string name = MeterName)
    {
        _meter = new Meter(name);
        _captureToRelay = Seconds("edgeface.capture_to_relay", "From the light on the sensor to the relay of a grant.", AgeBounds);
        _stage = Seconds("edgeface.stage", "Time of one stage for one frame.", StageBounds);
        _frameAge = Seconds("edgeface.decision.frame_age", "Age of the newest frame behind a decision.", AgeBounds);
        _toVerdict = Seconds("edgeface.decision.time", "From the first frame of an attempt to its decision.", AgeBounds);
        _decisions = _meter.CreateCounter<long>("edgeface.decisions", description: "Decisions by door and reason.");
        _lockouts = _meter.CreateCounter<long>("edgeface.lockouts", description: "Faces or cards shut out after failed attempts.");
    }

    /// <summary>What a door records.</summary>
    /// <param name="door">Its name.</param>
    /// <param name="state">Asked when somebody collects: "locked", "open", …</param>
    public DoorMeter Door(string door, Func<string> state)
    {
        var tag = Tag("door", door);
        _meter.CreateObservableGauge("edgeface.door.state", () => StatesOf(tag, "state", DoorStates, state()),
            description: "1 for the state a door is in, 0 for the others.");
        return new DoorMeter(door, _captureToRelay, _stage, _frameAge, _toVerdict, _decisions, _lockouts);
    }

    /// <summary>A camera is asked when somebody collects.</summary>
    public void Camera(string camera, Func<CameraReading> read)
    {
        var tag = Tag("camera", camera);
        Count("edgeface.camera.frames", "Frames read.", () => read().Frames, tag);
        Count("edgeface.camera.drops", "Frames that a newer one overtook.", () => read().Drops, tag);
        Count("edgeface.camera.reconnects", "Times that a lost camera came back.", () => read().Reconnects, tag);
        _meter.CreateObservableGauge("edgeface.camera.state", () => StatesOf(tag, "state", CameraStates, read().State),
            description: "1 for the state a camera is in, 0 for the others.");
        _meter.CreateObservableGauge("edgeface.camera.scene", () => StatesOf(tag, "fault", Scenes, read().Scene),
            description: "1 while that is wrong with a camera's picture, else 0.");
    }

    /// <summary>The models are asked when somebody collects.</summary>
    /// <param name="read">Stages, and what computes each now.</param>
    /// <param name="fallbacks">How often a wished provider was passed over or failed.</param>
    public void Inference(Func<IEnumerable<(string Stage, string Provider)>> read, Func<long> fallbacks)
    {
        _meter.CreateObservableGauge("edgeface.inference.provider",
            () => read().Select(each => new Measurement<int>(1, Tag("stage", each.Stage), Tag("provider", each.Provider))),
            description: "1 for what computes a stage now.");
        Count("edgeface.inference.fallbacks", "Times that a wished provider was passed over, or failed while it computed.", fallbacks);
    }

    /// <summary>The journal is asked when somebody collects.</summary>
    public void Journal(Func<JournalReading> read)
    {
        Count("edgeface.journal.written", "Events that are durable.", () => read().Written);
        Count("edgeface.journal.lost", "Events that found no place.", () => read().Lost);
        _meter.CreateObservableGauge("edgeface.outbox.depth", () => read().OutboxDepth, description: "Events that wait to be sent.");
    }

    /// <summary>The cloud connection is asked when somebody collects.</summary>
    public void Cloud(Func<CloudReading> read)
    {
        _meter.CreateObservableGauge("edgeface.cloud.link", () => StatesOf([], "state", LinkStates, read().Link),
            description: "1 for the state the cloud connection is in, 0 for the others.");
        Count("edgeface.cloud.sent", "Events sent for the first time.", () => read().Sent);
        Count("edgeface.cloud.sent_again", "Events sent again, since no receipt came for them.", () => read().SentAgain);
        Count("edgeface.cloud.receipted", "Events that the consumer has signed for.", () => read().Receipted);
        Count("edgeface.cloud.refused", "What came down and was not taken.", () => read().ReceiptsRefused, Tag("what", "receipt"));
        Count("edgeface.cloud.refused", "What came down and was not taken.", () => read().CommandsRefused, Tag("what", "command"));
        Count("edgeface.cloud.refused", "What came down and was not taken.", () => read().PushesRefused, Tag("what", "push"));
        Count("edgeface.cloud.ignored", "Messages for somebody else, or not readable.", () => read().Ignored);
        _meter.CreateObservableGauge("edgeface.gallery.version", () => read().GalleryVersion, description: "Of the gallery that was pushed last; 0: none was.");
    }

    /// <summary>The device is asked when somebody collects: degrees Celsius of its warmest zone; null where it has none.</summary>
    public void Temperature(Func<double?> read) => _meter.CreateObservableGauge("edgeface.device.temperature",
        () => read() is { } celsius ? [new Measurement<double>(celsius)] : Array.Empty<Measurement<double>>(),
        unit: "Cel", description: "Of the warmest zone.");

    /// <summary>Whoever looks at the sensors is asked when somebody collects: one that does not answer has no figure.</summary>
    public void Sensors(Func<IReadOnlyList<SensorReading>> read)
    {
        _meter.CreateObservableGauge("edgeface.power", () => Of(SensorQuantity.Power), unit: "W", description: "What a sensor of the machine says that is drawn.");
        _meter.CreateObservableGauge("edgeface.temperature", () => Of(SensorQuantity.Temperature), unit: "Cel", description: "What a sensor of the machine says.");

        IEnumerable<Measurement<double>> Of(SensorQuantity quantity) =>
            from reading in read()
            where reading.Quantity == quantity && reading.Value is not null
            select new Measurement<double>(reading.Value ?? 0, Tag("sensor", reading.Name));
    }

    void Count(string name, string what, Func<long> read, params KeyValuePair<string, object?>[] tags) =>
        _meter.CreateObservableCounter(name, () => new Measurement<long>(read(), tags), description: what);

    Histogram<double> Seconds(string name, string what, double[] bounds) => _meter.CreateHistogram(
        name, unit: "s", description: what, tags: null,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    static IEnumerable<Measurement<int>> StatesOf(
        KeyValuePair<string, object?> of, string key, string[] states, string now) => StatesOf([of], key, states, now);

    static IEnumerable<Measurement<int>> StatesOf(
        KeyValuePair<string, object?>[] of, string key, string[] states, string now) =>
        states.Select(state => new Measurement<int>(state == now ? 1 : 0, [.. of, Tag(key, state)]));

    static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);

    public void Dispose() => _meter.Dispose();
}
