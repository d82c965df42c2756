using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Storage;

namespace EdgeFace.Hosting;

/// <summary>How the daemon is, for whoever asks.</summary>
static class DaemonStatus
{
    public static StatusReport Of(DoorDaemon daemon, string version)
    {
        var (time, admission) = (daemon.Time, daemon.Gallery);
        return new StatusReport(
            daemon.File.Profile.DeviceName, version, daemon.StartedAt.Wall, time.GetElapsedTime(daemon.StartedAt.Stamp).TotalSeconds,
            daemon.Clock.IsTrusted, [.. daemon.Posts.SelectMany(post => CamerasOf(post, daemon))], DoorsOf(daemon),
            new GalleryReport(
                admission.People.Count, admission.People.Templates, admission.Revision,
                time.GetElapsedTime(admission.LoadedAt).TotalSeconds, admission.Threshold.Similarity,
                admission.Threshold.FpirAt(Math.Max(1, admission.People.Templates)), admission.People.LeftOut.Count),
            new JournalReport(daemon.Journal.Written, daemon.Journal.Lost, daemon.Journal.OutboxDepth, LastSequence(daemon)),
            ModelsOf(daemon), Warnings(daemon), daemon.CloudReport?.Invoke());
    }

    public static IReadOnlyList<DoorReport> DoorsOf(DoorDaemon daemon) => [.. daemon.Posts.Select(post => DoorOf(post, daemon))];

    /// <summary>Null where the journal cannot be read: all else of the status is as it is.</summary>
    static long? LastSequence(DoorDaemon daemon)
    {
        try
        {
            return daemon.Journal.Read().LastSeq();
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <summary>Of a second stream the rate is not kept.</summary>
    static IEnumerable<CameraReport> CamerasOf(DoorPost post, DoorDaemon daemon) =>
        [CameraOf(post.Camera, daemon.RateOf(post)), .. post.Witnesses.Select(witness => CameraOf(witness.Camera, 0))];

    static CameraReport CameraOf(Camera camera, double rate) => new(
        camera.Name, Words.Snake(camera.State), Words.Snake(camera.Scene), rate, camera.FramesRead, camera.Dropped, camera.Reconnects);

    static DoorReport DoorOf(DoorPost post, DoorDaemon daemon)
    {
        var (status, last) = (post.Door.Status, daemon.LastOf(post));
        return new DoorReport(
            post.Name, Words.Snake(status.State), post.Camera.Name, daemon.Desk.ModesAt(post.Name),
            HoldOf(status),
            last?.Reason, last is { } decided ? daemon.Time.GetElapsedTime(decided.Stamp).TotalSeconds : null,
            daemon.Desk.LockedOutFor(post.Name)?.TotalSeconds, LivenessCalibrated: daemon.CalibrationOf(post.Name) is not null,
            LivenessMin: daemon.CalibrationOf(post.Name)?.LivenessMin ?? post.Profile.LivenessMin, Prompt: post.Watch.Prompt);
    }

    static string? HoldOf(DoorStatus status) => status.FireLatched ? "fire" : status.Order switch
    {
        null => null,
        { IsLockdown: true } => "lockdown",
        { By: var by } => Words.Snake(by),
    };

    public static IReadOnlyList<ModelReport> ModelsOf(DoorDaemon daemon) => daemon.Posts is [var first, ..]
        ? [Of(InferenceStage.Detection, first.Recognizer.Detector.Model, daemon), Of(InferenceStage.Landmarks, first.Recognizer.Landmarks.Model, daemon),
            Of(InferenceStage.Liveness, first.Liveness.Model, daemon), Of(InferenceStage.Embedding, first.Recognizer.Embedder.Model, daemon)]
        : [];

    static ModelReport Of(InferenceStage stage, OnnxModel model, DoorDaemon daemon) => new(
        Words.Snake(model.Card.Kind), model.Card.Id, $"{model.Provider}",
        daemon.Providers?.Findings.LastOrDefault(each => each.Stage == stage && each.IsTaken && each.Provider == model.Provider)?.Ms);

    static List<string> Warnings(DoorDaemon daemon)
    {
        var warnings = new List<string>();
        if (!daemon.Clock.IsTrusted) warnings.Add($"The clock is not trusted ({Words.Snake(daemon.Clock.Fault)}): schedules deny.");
        if (daemon.Gallery.People.Enrolled == 0) warnings.Add("Nobody is enrolled: every door denies everybody.");
        if (daemon.Gallery.TooLarge is { } tooLarge) warnings.Add(tooLarge);
        foreach (var subject in daemon.Gallery.People.Damaged)
            warnings.Add($"Subject {subject} is damaged and not known: edgeface gallery remove {subject}, and enrol anew.");
        if (daemon.Journal.Fault is { } fault) warnings.Add($"The journal: {fault}");
        if (daemon.Journal.Lost > 0) warnings.Add($"{daemon.Journal.Lost} events found no place in the journal.");
        foreach (var post in daemon.Posts.Where(post => post.Door.Status.Faulted))
            warnings.Add($"The hardware of {post.Name} does not answer, or its relay does not obey.");
        foreach (var post in daemon.Posts.Where(post => daemon.CalibrationOf(post.Name) is null))
        {
            warnings.Add($"Liveness at {post.Name} runs at a limit that was not measured at its camera: a deterrent. "
                + $"Measure it: edgeface pad calibrate --camera {post.Name}");
        }

        // One sentence for all stages that the same thing befell.
        foreach (var passed in (daemon.Providers?.Findings ?? []).Where(each => !each.IsTaken).GroupBy(each => (each.Provider, each.Message, each.Remedy)))
        {
            warnings.Add($"{string.Join(", ", passed.Select(each => Words.Snake(each.Stage)))}: not on {passed.Key.Provider}: {passed.Key.Message}. "
                + $"To do: {passed.Key.Remedy}");
        }

        if (daemon.CloudReport?.Invoke() is { Reason.Length: > 0 } cloud)
            warnings.Add($"The cloud is not reached ({cloud.Reason}): the doors go on without it, and events wait here.");
        return warnings;
    }
}
