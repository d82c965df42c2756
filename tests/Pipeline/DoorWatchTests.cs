using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Sites;
using EdgeFace.Subjects;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

/// <summary>Franck stands at the door and is known; what speaks against him is none of his face.</summary>
public sealed class DoorWatchTests : IDisposable
{
    static readonly SubjectId Franck = SubjectId.New();

    readonly ScratchFolder _folder = new();

    [Fact]
    public async Task A_decision_that_comes_too_late_is_denied_as_stale_with_its_age_and_the_relay_stays()
    {
        // Whatever held it up: to the door's clock ten seconds have passed since the light fell on the sensor.
        var (decision, relayMoves) = await FirstDecisionAsync(SceneChecks.Off, new ConsensusOptions(), new LaterClock(TimeSpan.FromSeconds(10)));

        Assert.Equal(DenyReason.Stale, decision.Reason);
        Assert.InRange(decision.Value, 10_000, 70_000);
        Assert.Equal(1500, decision.Limit);
        Assert.Equal(0, relayMoves);
    }

    [Fact]
    public async Task A_face_in_a_frozen_picture_opens_nothing()
    {
        var needsTwoSeconds = new ConsensusOptions(Needed: 30, Window: 60, PatienceSeconds: 30);

        var (decision, relayMoves) = await FirstDecisionAsync(SceneChecks.On, needsTwoSeconds, TimeProvider.System);

        Assert.Equal(DenyReason.CameraUntrusted, decision.Reason);
        Assert.Equal(0, relayMoves);
    }

    [Fact]
    public async Task Otherwise_the_door_opens()
    {
        var (decision, relayMoves) = await FirstDecisionAsync(SceneChecks.Off, new ConsensusOptions(), TimeProvider.System);

        Assert.Equal(Franck, decision.Granted);
        Assert.Equal(1, relayMoves);
    }

    /// <summary>A camera that shows one picture of Franck, 25 times a second.</summary>
    async Task<(AccessDecision Decision, int RelayMoves)> FirstDecisionAsync(SceneChecks checks, ConsensusOptions consensus, TimeProvider doorClock)
    {
        var time = TimeProvider.System;
        File.CreateSymbolicLink(_folder["1.jpg"], Path.Combine(await Downloads.MediaAsync(), "franck_02045.jpg"));
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = PassiveLiveness.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), await Downloads.ModelsAsync());
        using var still = await Cast.StillAsync("franck_02045.jpg");
        var embedding = recognizer.Embed(still, recognizer.Locate(still)[0]);
        var gallery = new Gallery(embedding.Model, embedding.Values.Length, [new GalleryTemplate(Franck, embedding)]);
        var policy = new AccessPolicy(
            new Threshold(gallery.Model, 0.5f, 1e-5, 0.06, 1_000_000), new Dictionary<SubjectId, Validity> { [Franck] = default },
            new AccessOptions(new(), LivenessMin: 0, MotionMin: 0));
        var subject = new Subject(Franck, "Franck", [], time.GetUtcNow(), null, null, null);
        var site = Site.Parse("""{ "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } } }""", "site.json");
        var desk = new AccessDesk(site, new Dictionary<SubjectId, Subject> { [Franck] = subject }, time, null) { ClockTrusted = true };
        using var hardware = new SimulatedDoorHardware(time, null, FailMode.Secure);
        using var door = new Door("front", new DoorOptions(), hardware, doorClock, _ => { });
        using var camera = new Camera(
            "cam", new CameraOptions($"folder:{_folder.Path}", FramesPerSecond: 25, Loop: true, SceneChecks: checks, Scene: new(FrozenSeconds: 1)), time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        AccessDecision? first = null;
        var watch = new DoorWatch(
            "front", camera, new DoorPipeline(recognizer, liveness, new GallerySlot(gallery), policy, time), new FaceTracker(consensus, time),
            new FaceTracks(TimeSpan.FromSeconds(1), time), new Tailgating(new ApplicantOptions()), desk, door, conclusion =>
            {
                first ??= conclusion.Answer?.Decision;
                ended.Cancel();
            }, time);

        camera.Start();
        await Task.Run(() => watch.Run(() => { }, ended.Token), TestContext.Current.CancellationToken);

        Assert.NotNull(first);
        return (first.Value, hardware.RelayMoves);
    }

    public void Dispose() => _folder.Dispose();

    sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override long GetTimestamp() => System.GetTimestamp() + (long)(by.TotalSeconds * TimestampFrequency);
    }
}
