using EdgeFace.Access;
using EdgeFace.Documents;
using EdgeFace.Sites;

namespace EdgeFace.Hosting;

/// <summary>Connects what the daemon does with the figures that are kept of it.</summary>
static class DaemonMetrics
{
    public static void Attach(DaemonCloud cloud, Metrics metrics) => metrics.Cloud(cloud.Reading);

    public static void Attach(DoorDaemon daemon, Metrics metrics)
    {
        var meters = new Dictionary<string, DoorMeter>(StringComparer.Ordinal);
        foreach (var post in daemon.Posts)
        {
            var meter = meters[post.Name] = metrics.Door(post.Name, () => Words.Snake(post.Door.State));
            post.Watch.FrameJudged = timing => meter.Judged(timing);
            metrics.Camera(post.Camera.Name, () => new CameraReading(
                Words.Snake(post.Camera.State), Words.Snake(post.Camera.Scene), post.Camera.FramesRead, post.Camera.Dropped,
                post.Camera.Reconnects));
        }

        metrics.Journal(() => new JournalReading(daemon.Journal.Written, daemon.Journal.Lost, daemon.Journal.OutboxDepth));
        metrics.Inference(
            () => DaemonStatus.ModelsOf(daemon).Select(model => (model.Kind, model.Provider)), () => daemon.Providers?.Fallbacks ?? 0);
        daemon.Concluded = conclusion =>
        {
            if (conclusion.Answer is not { } answer) return;

            var counted = meters[conclusion.Door];
            counted.Decided(
                answer.Decision.OpensDoor ? "granted" : answer.Decision.Reason.Code(), conclusion.EvidenceAge?.TotalSeconds,
                conclusion.TimeToVerdict?.TotalSeconds);
            if (answer.Decision.OpensDoor && conclusion.EvidenceAge is { } age) counted.Unlocked(age.TotalSeconds);
            if (answer.Lockout is not null) counted.LockedOut();
        };
    }
}
