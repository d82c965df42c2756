using System.Globalization;
using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Doors;
using EdgeFace.Journal;
using EdgeFace.Pipeline;
using EdgeFace.Sites;

namespace EdgeFace.Hosting;

/// <summary>What cameras, doors and decisions say, in the journal's words. No name, no template and no picture is among them.</summary>
static class EventWords
{
    public static AccessEvent Of(CameraEvent seen, DateTimeOffset at) => new(
        $"camera.{Words.Kebab(seen.Kind)}", at, Camera: seen.Camera, Remedy: seen.Message,
        Priority: IsTrouble(seen.Kind) ? EventPriority.Alarm : EventPriority.Access);

    /// <summary>Somebody has to look. Who had taken a camera out and put it back is asked for, too.</summary>
    public static bool IsTrouble(CameraEventKind kind) =>
        kind is not (CameraEventKind.Live or CameraEventKind.Back or CameraEventKind.Recovered or CameraEventKind.Ended);

    public static AccessEvent Of(DoorEvent seen) => new(
        $"door.{seen.Kind.Code()}", seen.At, seen.Door, Subject: seen.Subject,
        Reason: seen.Reason is DoorReason.None ? null : seen.Reason.Code(),
        Value: seen.Value, Limit: seen.Limit, Remedy: seen.Detail,
        Priority: seen.Kind.IsAlarm() ? EventPriority.Alarm : EventPriority.Access);

    public static IEnumerable<AccessEvent> Of(DoorConclusion conclusion)
    {
        if (conclusion.IsTailgating)
        {
            yield return new AccessEvent(
                "tailgating", conclusion.At, conclusion.Door, Priority: EventPriority.Alarm,
                Remedy: "somebody else was at the open door after the one it opened for had left: look who it was");
        }

        // Rests are for whoever stands there: of a journal they would be half.
        if (conclusion.Challenge is { Moment: not ChallengeMoment.Rest } news) yield return ChallengeWords.Of(news, conclusion.Door, conclusion.At);
        if (conclusion.Answer is not { } answer) yield break;

        var decision = answer.Decision;
        yield return new AccessEvent(
            decision.OpensDoor ? "granted" : $"denied.{decision.Reason.Code()}", conclusion.At, conclusion.Door,
            Subject: answer.Subject ?? decision.Known, Reason: decision.OpensDoor ? "match" : decision.Reason.Code(),
            Value: decision.Value, Limit: decision.Limit, Remedy: decision.Explanation,
            Priority: IsAdvice(decision) ? EventPriority.Telemetry : EventPriority.Access,
            More: More(conclusion, answer));
        if (answer.Lockout is var (lasts, attempts, ofCards))
        {
            yield return new AccessEvent(
                "door.locked-out", conclusion.At, conclusion.Door, Reason: ofCards ? "card-attempts" : "attempts", Value: lasts.TotalSeconds, Limit: attempts,
                Remedy: $"so many tries failed in a row: wait, or look who it was and type: edgeface lockout end {conclusion.Door}");
        }

        if (answer.Duress)
        {
            yield return new AccessEvent(
                "duress", conclusion.At, conclusion.Door, Subject: answer.Subject ?? decision.Known, Priority: EventPriority.Alarm,
                Remedy: $"a duress PIN was typed, and the door {(decision.OpensDoor ? "opened" : "stayed shut")}: send help, and do not call the person");
        }
    }

    /// <summary>A picture that was not good enough is worth less than a decision about somebody.</summary>
    static bool IsAdvice(AccessDecision decision) => !decision.OpensDoor && decision.Reason.IsBadPicture();

    static Dictionary<string, string> More(DoorConclusion conclusion, AccessAnswer answer)
    {
        var more = new Dictionary<string, string> { ["mode"] = answer.Mode };
        if (conclusion.EvidenceAge is { } age) more["capture_to_relay_ms"] = Number(age.TotalMilliseconds);
        if (conclusion.TimeToVerdict is { } took) more["ms_to_verdict"] = Number(took.TotalMilliseconds);
        if (conclusion.Verdict is { } seen)
        {
            more["track"] = Number(conclusion.Track);
            more["liveness_verdict"] = Words.Kebab(seen.Limits.Judge(seen.Pad));
            more["liveness"] = Number(seen.Pad.Live, "F3");
            more["liveness_model"] = Number(seen.Pad.Model, "F3");
            more["liveness_min"] = Number(seen.Limits.LivenessMin, "F4");
            more["liveness_calibrated"] = seen.Limits.IsCalibrated ? "yes" : "no";
            more["motion"] = Number(seen.Pad.Motion, "F3");
            more["motion_min"] = Number(seen.Limits.MotionMin, "F3");
            more["display_edge"] = Number(seen.Pad.Edge, "F2");
            if (seen.Pad.Others < 1) more["liveness_others"] = Number(seen.Pad.Others, "F3");
            if (seen.Pad.Second is var (kind, said))
            {
                more[$"liveness_{Words.Snake(kind)}"] = Words.Kebab(said.Finding);
                more[$"liveness_{Words.Snake(kind)}_value"] = Number(said.Value, "F3");
                more[$"liveness_{Words.Snake(kind)}_limit"] = Number(said.Limit, "F3");
            }

            more["inter_eye_pixels"] = Number(seen.Quality.InterEyePixels);
            more["detection_ms"] = Number(conclusion.Timing.Detection.TotalMilliseconds, "F1");
            more["alignment_ms"] = Number(conclusion.Timing.Alignment.TotalMilliseconds, "F1");
            more["liveness_ms"] = Number(conclusion.Timing.Liveness.TotalMilliseconds, "F1");
            more["recognition_ms"] = Number(conclusion.Timing.Recognition.TotalMilliseconds, "F1");
        }

        if (answer.Partner is { } partner) more["partner"] = partner.ToString();
        if (answer.Warning is not DenyReason.NotDecided) more["warning"] = answer.Warning.Code();
        return more;
    }

    static string Number(double value, string form = "F0") => value.ToString(form, CultureInfo.InvariantCulture);
}
