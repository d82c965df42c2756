using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Doors;
using EdgeFace.Keeping;
using EdgeFace.Pipeline;
using EdgeFace.Sites;

namespace EdgeFace.Cli;

/// <summary>Plays scenes before the door: camera, pipeline, tracker and door are those of the product.</summary>
sealed class DemoStage(
    IReadOnlyList<DemoScene> scenes, DoorPipeline pipeline, FaceTracker tracker, Door door, AccessPolicy policy,
    VideoClock clock, string mediaFolder, string pictureFolder)
{
    /// <summary>Between two visits nobody stands at the door, and an open door has locked again.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    TimeSpan _sceneBegins = Pause;

    /// <summary>What is played, in this order.</summary>
    public IReadOnlyList<DemoScene> Scenes => scenes;

    /// <summary>Every moment played, for the summary.</summary>
    public List<DemoMoment> Moments { get; } = [];

    /// <param name="scene">What to play.</param>
    /// <param name="number">From 1.</param>
    /// <param name="show">Called after each frame.</param>
    /// <param name="stop">Ends the play.</param>
    public DemoOutcome Play(DemoScene scene, int number, Action<DemoMoment> show, CancellationToken stop)
    {
        using var video = new VideoReader(Path.Combine(mediaFolder, scene.File));
        var pool = new FramePool(1, video.Width, video.Height);
        video.SeekTo(scene.From);
        TimeSpan? firstFace = null;
        DemoOutcome? outcome = null;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            using var frame = video.Read(pool);
            if (frame is null || frame.Position - scene.From >= scene.Lasts) break;

            clock.MoveTo(_sceneBegins + frame.Position - scene.From);
            door.Poll();
            var verdict = pipeline.Judge(frame);
            if (verdict is not null) firstFace ??= frame.Position;
            var decision = tracker.Follow(verdict);
            if (decision is { Granted: { } person }) door.Grant(new(person, clock.GetTimestamp(), TrackPresent: true));
            var moment = new DemoMoment(number - 1, frame.Position - scene.From, verdict, decision, door.Unlocked);
            Moments.Add(moment);
            if (decision is { } decided && verdict is { } evidence && outcome is null)
            {
                outcome = Outcome(scene, number, decided, evidence) with
                {
                    SecondsToDecision = (frame.Position - (firstFace ?? frame.Position)).TotalSeconds,
                    Picture = Draw(frame, number, decided, evidence),
                };
            }

            show(moment);
        }

        _sceneBegins += scene.Lasts + Pause;
        return (outcome ?? Undecided(scene, number)) with { Relocked = !door.Unlocked };
    }

    DemoOutcome Outcome(DemoScene scene, int number, AccessDecision decision, in FrameVerdict evidence) => new(
        number, scene.Caption, decision.OpensDoor, ReasonOf(decision), ReasonOf(scene.Expected),
        ReasonOf(decision) == ReasonOf(scene.Expected), evidence.Match?.Similarity, policy.Threshold.Similarity,
        evidence.Liveness, evidence.Quality.InterEyePixels, null, false, null);

    DemoOutcome Undecided(DemoScene scene, int number) => new(
        number, scene.Caption, false, ReasonOf(DenyReason.NotDecided), ReasonOf(scene.Expected), false, null,
        policy.Threshold.Similarity, null, null, null, false, null);

    string Draw(Frame frame, int number, AccessDecision decision, in FrameVerdict evidence)
    {
        var mark = new FaceMark(
            evidence.Box, pipeline.LastFace.Points,
            decision.OpensDoor ? MarkTone.Granted : decision.Reason is DenyReason.Unknown ? MarkTone.Unknown : MarkTone.Denied,
            decision.OpensDoor ? DemoScript.Person : ReasonOf(decision),
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{evidence.Match?.Similarity ?? 0:F2}"));
        var file = Path.Combine(pictureFolder, $"{number:D2}-{(decision.OpensDoor ? "granted" : "denied-" + ReasonOf(decision))}.png");
        AtomicFile.Write(file, FaceDrawing.Draw(frame, [mark]));
        return file;
    }

    static string ReasonOf(AccessDecision decision) => decision.OpensDoor ? ReasonOf(null) : ReasonOf(decision.Reason);

    static string ReasonOf(DenyReason? reason) => reason is { } denied ? denied.Code() : "match";
}
