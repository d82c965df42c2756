using EdgeFace.Access;

namespace EdgeFace.Hosting;

/// <summary>Connects what the daemon does with the figures that are kept of it.</summary>
static class DaemonMetrics
{
    public static void Attach(DoorDaemon daemon, Metrics metrics)
    {
        var meters = new Dictionary<string, DoorMeter>(StringComparer.Ordinal);
        foreach (var post in daemon.Posts)
        {
            meters[post.Name] = metrics.Door(post.Name, () => Cli(post.Door.State.ToString()));
            metrics.Camera(post.Camera.Name, () => new CameraReading(
                Cli(post.Camera.State.ToString()), Cli(post.Camera.Scene.ToString()), post.Camera.FramesRead, post.Camera.Frames.Dropped,
                post.Camera.Reconnects));
        }

        metrics.Journal(() => new JournalReading(daemon.Journal.Written, daemon.Journal.Lost, daemon.Journal.OutboxDepth));
        daemon.Concluded = conclusion =>
        {
            if (conclusion.Answer is not { } answer) return;

            var meter = meters[conclusion.Door];
            meter.Decided(
                answer.Decision.OpensDoor ? "granted" : answer.Decision.Reason.Code(), conclusion.EvidenceAge?.TotalSeconds);
            if (answer.Decision.OpensDoor && conclusion.EvidenceAge is { } age) meter.Unlocked(age.TotalSeconds);
            if (answer.Decision.Reason is DenyReason.LockedOut) meter.LockedOut();
        };
    }

    static string Cli(string word) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(word);
}
