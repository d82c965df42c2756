using System.Globalization;
using EdgeFace.Hub.Intake;

namespace EdgeFace.Hub.Pages;

/// <summary>What events are called for people: the one place of these words. What nobody has given a word is shown as it is.</summary>
static class EventText
{
    static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["match"] = "face recognised",
        ["not-decided"] = "no decision in time",
        ["too-small"] = "face too far away",
        ["pose"] = "face turned away",
        ["blurred"] = "picture blurred",
        ["too-dark"] = "too dark",
        ["too-bright"] = "too bright",
        ["spoof"] = "not alive",
        ["unsure"] = "not sure that it is alive",
        ["challenge-failed"] = "challenge not passed",
        ["unknown"] = "nobody known",
        ["ambiguous"] = "looks like several people",
        ["revoked"] = "access withdrawn",
        ["not-yet-valid"] = "access not begun yet",
        ["expired"] = "access has ended",
        ["out-of-schedule"] = "not at this time",
        ["wrong-door"] = "not at this door",
        ["anti-passback"] = "is inside already",
        ["locked-out"] = "too many tries",
        ["second-factor-missing"] = "second factor missing",
        ["wrong-second-factor"] = "wrong second factor",
        ["unknown-card"] = "card not known",
        ["factor-not-used"] = "this door does not take that",
        ["partner-missing"] = "second person missing",
        ["first-person-missing"] = "nobody has opened up yet",
        ["lockdown"] = "lockdown",
        ["held-locked"] = "kept locked by order",
        ["interlocked"] = "another door is open",
        ["stale"] = "picture too old",
        ["gallery-too-old"] = "list of people too old",
        ["clock-untrusted"] = "the device's clock is not set",
        ["camera-untrusted"] = "the camera cannot be trusted",
        ["tampered-door"] = "the door was tampered with",
        ["door-faulted"] = "the door's hardware has failed",
        ["grant"] = "by a grant",
        ["rex"] = "by the exit button",
        ["schedule"] = "by schedule",
        ["operator"] = "by an operator",
        ["emergency"] = "by an emergency order",
        ["fire"] = "by the fire alarm",
        ["time-up"] = "its time was over",
        ["opened"] = "it was opened",
        ["closed"] = "it was closed",
        ["ordered"] = "by an order",
        ["tamper"] = "tampering",
        ["interlock"] = "another door is open",
        ["fault"] = "a fault",
        ["start"] = "so when the device started",
        ["shut-down"] = "the device was stopped",
        ["attempts"] = "too many tries with faces or PINs",
        ["card-attempts"] = "too many tries with cards",
    };

    static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["granted"] = "Granted",
        ["duress"] = "Duress",
        ["tailgating"] = "Tailgating: somebody followed through the open door",
        ["operator.snapshot"] = "A picture was taken by an operator",
        ["door.unlocked"] = "Unlocked",
        ["door.prolonged"] = "Kept unlocked for longer",
        ["door.locked"] = "Locked",
        ["door.opened"] = "Opened",
        ["door.closed"] = "Closed",
        ["door.held-warning"] = "Open for long",
        ["door.held-open"] = "Held open",
        ["door.held-open-ended"] = "No longer held open",
        ["door.forced"] = "Forced open",
        ["door.forced-ended"] = "No longer forced open",
        ["door.rex-pressed"] = "Exit button pressed",
        ["door.rex-refused"] = "Exit refused",
        ["door.rex-stuck"] = "Exit button stuck",
        ["door.tampered"] = "Tampered with",
        ["door.tamper-ended"] = "No longer tampered with",
        ["door.fire"] = "Released by the fire alarm",
        ["door.fire-input-ended"] = "Fire alarm over; the door stays released",
        ["door.fire-reset"] = "Fire release ended",
        ["door.lockdown"] = "Lockdown",
        ["door.lockdown-ended"] = "Lockdown ended",
        ["door.lock-ordered"] = "Ordered to stay locked",
        ["door.unlock-ordered"] = "Ordered to unlock",
        ["door.order-ended"] = "Order ended",
        ["door.interlocked"] = "Waits for another door to close",
        ["door.relay-fault"] = "The relay does not obey",
        ["door.relay-fault-ended"] = "The relay obeys again",
        ["door.hardware-fault"] = "Door hardware failed",
        ["door.hardware-stalled"] = "Door hardware does not answer",
        ["door.hardware-fault-ended"] = "Door hardware works again",
        ["door.shut-down"] = "Left in its safe state",
        ["door.locked-out"] = "Shut for a while",
        ["door.lockout-ended"] = "Lockout ended",
        ["camera.lost"] = "Camera lost",
        ["camera.live"] = "Camera gives pictures",
        ["camera.back"] = "Camera is back",
        ["camera.replugged"] = "Camera was plugged in again",
        ["camera.swapped"] = "Camera was swapped",
        ["camera.frozen"] = "Camera picture frozen",
        ["camera.black"] = "Camera picture black",
        ["camera.looped"] = "Camera shows a loop",
        ["camera.recovered"] = "Camera recovered",
        ["camera.ended"] = "Camera ended",
        ["challenge.started"] = "Challenge begun",
        ["challenge.step"] = "Challenge step",
        ["challenge.passed"] = "Challenge passed",
        ["challenge.failed"] = "Challenge failed",
        ["cloud.lost"] = "Connection to the hub was lost",
        ["cloud.back"] = "Connection to the hub is back",
        ["cloud.command-begun"] = "Command begun",
        ["cloud.command-done"] = "Command done",
        ["cloud.command-refused"] = "Command refused",
        ["cloud.command-failed"] = "Command failed",
        ["cloud.enrollment-refused"] = "Enrolment refused",
        ["cloud.settings-applied"] = "Settings applied",
        ["cloud.settings-refused"] = "Settings refused",
        ["cloud.settings-not-kept"] = "Settings not kept on disk",
        ["cloud.trust-changed"] = "Trusted keys changed",
        ["cloud.trust-refused"] = "Trusted keys refused",
        ["cloud.memory-lost"] = "Memory of commands lost",
        ["gallery.push.applied"] = "List of people brought up to date",
        ["gallery.push.refused"] = "List of people refused",
        ["gallery.push.outcome"] = "Answer to a list of people",
        ["gallery.behind"] = "List of people out of date",
        ["gallery.rolled-back"] = "An older list of people was put back",
        ["gallery.loaded"] = "List of people loaded",
        ["gallery.refused"] = "List of people not usable",
        ["gallery.too-large"] = "More people than can be searched",
        ["subject.erased"] = "Person taken off the device",
        ["agent.started"] = "Device started",
        ["agent.stopped"] = "Device stopped",
        ["clock.trusted"] = "Clock set",
        ["clock.untrusted"] = "Clock not set",
        ["desk.memory-lost"] = "Memory of the access rules lost",
        ["model.changed"] = "Model changed",
        ["liveness.calibrated"] = "Liveness calibrated",
        ["journal.gap"] = "Events were lost before they reached the disk",
        ["journal.pruned"] = "Old events left the journal",
        ["journal.resend-gone"] = "Asked for events that are gone",
        ["journal.replaced"] = "Journal was replaced",
        ["journal.recovered"] = "Journal was mended after a crash",
        ["journal.disk-full"] = "Disk full",
        ["journal.unwritable"] = "Journal cannot be written",
        ["journal.memory-lost"] = "Journal was lost",
        ["journal.key-exposed"] = "The journal's key lay open",
        ["journal.head-missing"] = "The journal's signed head is missing",
        ["journal.outbox-changed"] = "The outbox was changed",
        ["journal.device-renamed"] = "Device was renamed",
        ["journal.state-too-large"] = "What the journal remembers has no room",
        ["site.refused"] = "Rules of access not usable",
        ["cloud.fault"] = "Fault in the connection to the hub",
        ["cloud.home-assistant-refused"] = "Order from Home Assistant refused",
        ["inference.provider"] = "What computes the models",
        ["inference.passed-over"] = "What should compute the models cannot",
        ["inference.adopting"] = "What computes the models changes",
        ["operator.refused"] = "Order at the device refused",
        ["operator.unlock"] = "Ordered: unlock",
        ["operator.lock"] = "Ordered: lock",
        ["operator.lockdown"] = "Ordered: lockdown",
        ["operator.release"] = "Ordered: release as in a fire",
        ["operator.reset"] = "Ordered: end of the release",
        ["operator.lockout"] = "Ordered: end of the lockout",
        ["operator.reload"] = "Ordered: read site file and people anew",
        ["operator.capture"] = "Pictures were taken by an operator",
        ["operator.enroll"] = "Ordered: enrol at the door",
        ["operator.challenge"] = "Ordered: challenge",
        ["operator.calibrate"] = "Ordered: calibrate liveness",
        ["operator.card"] = "Ordered: card",
        ["operator.pin"] = "Ordered: PIN",
        ["operator.clock"] = "Ordered: believe the clock",
        ["operator.passback"] = "Ordered: forget who is inside",
    };

    /// <summary>Beginnings of kinds that one may want to see alone.</summary>
    public static readonly IReadOnlyList<(string Kind, string Text)> Families =
    [
        ("granted", "Granted"), ("denied.*", "Denied"), ("door.*", "Doors"), ("camera.*", "Cameras"), ("challenge.*", "Challenges"),
        ("cloud.*", "Connection and commands"), ("gallery.*", "List of people"), ("journal.*", "Journal"), ("agent.*", "Device"), ("subject.*", "Erasures"),
    ];

    /// <summary>"Denied: not alive".</summary>
    public static string What(string kind, string? reason)
    {
        if (kind.StartsWith("denied.", StringComparison.Ordinal)) return $"Denied: {Reason(kind["denied.".Length..])}";
        if (!Kinds.TryGetValue(kind, out var words)) return reason is null ? kind : $"{kind}: {Reason(reason)}";

        return reason is null || kind == "granted" && reason == "match" || kind.StartsWith("door.lockdown", StringComparison.Ordinal) ? words : $"{words}: {Reason(reason)}";
    }

    /// <summary>A kind alone, as a heading or a legend has it.</summary>
    public static string Kind(string kind) => What(kind, null);

    public static string Reason(string code) => Reasons.GetValueOrDefault(code, code);

    /// <summary>How to show it: "ok", "warn", "fail" or "off".</summary>
    public static string Tone(string kind, int priority) =>
        priority == 0 ? "fail" : kind == "granted" ? "ok" : kind is "denied.spoof" ? "fail" : kind.StartsWith("denied.", StringComparison.Ordinal) ? "warn" : "off";

    /// <summary>What was measured against what, in words; null: nothing was that says more than the reason.</summary>
    public static string? Measured(string kind, string? reason, double? value, double? limit)
    {
        if (value is not { } was) return null;

        var bound = limit ?? 0;
        return (kind == "granted" ? "match" : kind.StartsWith("denied.", StringComparison.Ordinal) ? kind["denied.".Length..] : kind) switch
        {
            "match" or "unknown" => was <= -1 ? "nobody to compare with" : bound <= 0 ? $"similarity {Similarity(was)}" : $"similarity {Similarity(was)}, at least {Similarity(bound)} is needed",
            "ambiguous" => bound == 0 ? null : $"lead over the next person {Number(was)}, at least {Number(bound)} is needed",
            "spoof" or "camera-untrusted" when bound > 0 => $"liveness {Number(was)}, at least {Number(bound)} is needed",
            "unsure" => bound <= 0 ? $"movement {Number(was)}" : $"movement {Number(was)}, at least {Number(bound)} is needed",
            "revoked" or "wrong-door" => null,
            "not-yet-valid" => $"begins in {Number(was)} hours",
            "expired" => $"ended {Number(was)} hours ago",
            "challenge-failed" when bound > 0 => $"{Number(was)} of {Number(bound)} movements",
            "second-factor-missing" or "partner-missing" when bound > 0 => $"waited {Number(was)} s of {Number(bound)} s",
            "unknown-card" when bound > 0 => $"{Number(was)} of {Number(bound)}",
            "locked-out" when bound > 0 => $"shut for {Math.Ceiling(was):0} s more after {Number(bound)} tries that failed",
            "door.locked-out" => bound > 0 ? $"for {Number(was)} s, after {Number(bound)} tries that failed" : $"for {Math.Ceiling(was):0} s more",
            _ when kind.StartsWith("operator.", StringComparison.Ordinal) => was <= 1 ? null : $"{Number(was)} times",
            "door.lockout-ended" => $"{Math.Ceiling(was):0} s before its time",
            "gallery.push.applied" or "gallery.push.refused" => $"version {Number(was)}",
            "door.unlocked" or "door.prolonged" when reason == "grant" => $"picture {Number(was)} ms old, {Number(bound)} ms are allowed",
            "door.unlock-ordered" or "door.lock-ordered" when was > 0 => $"for {Number(was)} s",
            "door.locked" or "door.closed" when was > 0 => $"after {Number(was)} s",
            "door.held-open" or "door.held-warning" => $"open for {Number(was)} s, {Number(bound)} s are allowed",
            _ => was == 0 && bound == 0 ? null : bound == 0 ? $"measured {Number(was)}" : $"measured {Number(was)}, limit {Number(bound)}",
        };
    }

    /// <summary>From the picture to the relay; null: it was not timed.</summary>
    public static string? Latency(SeenEvent what)
    {
        foreach (var (name, value) in what.More)
            if (name == "capture_to_relay_ms") return $"{value} ms";
        return null;
    }

    public static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>"3 min ago"; what lies ahead is "now", since two clocks differ.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 5 } => "now",
        { TotalSeconds: < 60 } since => $"{since.TotalSeconds:0} s ago",
        { TotalMinutes: < 60 } since => $"{Math.Floor(since.TotalMinutes):0} min ago",
        { TotalHours: < 48 } since => $"{Math.Floor(since.TotalHours):0} h ago",
        var since => $"{Math.Floor(since.TotalDays):0} days ago",
    };

    /// <summary>Never "-0".</summary>
    static string Similarity(double cosine) => (Math.Round(cosine, 2) + 0.0).ToString("0.00", CultureInfo.InvariantCulture);

    static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
