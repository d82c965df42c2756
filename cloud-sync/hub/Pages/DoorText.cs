using EdgeFace.Hub.Fleet;

namespace EdgeFace.Hub.Pages;

/// <summary>How a door, a device and a command stand, in words and in a tone of the style sheet.</summary>
static class DoorText
{
    const string Stopped = "Device stopped";

    /// <summary>Of a device that has more people than it can search.</summary>
    public static string LeftOut(long people) => people == 1 ? "One person is left out at its doors." : $"{people} people are left out at its doors.";

    /// <summary>Of a device that is offline nobody knows how its door stands now: it is said, and not in green.</summary>
    public static (string Words, string Tone) State(DoorView door, DateTimeOffset now) =>
        LastState(door, now) is var (words, tone) && (door.IsOnline || door.State is null || words == Stopped) ? (words, tone) : ($"{words} when last heard", tone is "fail" ? tone : "off");

    /// <summary>Lockdown comes before a lockout and both before what the lock says, and an alarm before all.</summary>
    static (string Words, string Tone) LastState(DoorView door, DateTimeOffset now) => door.State switch
    {
        "forced" => ("Forced open", "fail"),
        "held-open" => ("Held open", "fail"),
        "tampered" => ("Tampered with", "fail"),
        "fire" => ("Released: fire", "fail"),
        "relay-fault" or "hardware-fault" or "hardware-stalled" => ("Hardware failed", "fail"),
        _ when door.Lockdown => ("Lockdown", "fail"),
        _ when door.LockedOutFor(now) is not null => ("Shut after too many tries", "warn"),
        "opened" => ("Open", "info"),
        "unlocked" => ("Unlocked", "info"),
        "closed" when door.Bolt is "unlocked" => ("Unlocked", "info"),
        "closed" => ("Closed", "ok"),
        "locked" or "fire-reset" => ("Locked", "ok"),
        "shut-down" => (Stopped, "off"),
        null => ("Not reported yet", "off"),
        var other => (other, "off"),
    };

    public static (string Words, string Tone) Camera(DoorView door) => door.Camera switch
    {
        null => ("nothing reported", "off"),
        "live" or "back" or "recovered" or "replugged" when !door.IsOnline => ("worked when last heard", "off"),
        "live" or "back" or "recovered" or "replugged" => ("works", "ok"),
        "lost" => ("lost", "fail"),
        "frozen" or "black" or "looped" or "swapped" => ($"cannot be trusted: {door.Camera}", "fail"),
        "ended" => ("ended", "off"),
        var other => (other, "off"),
    };

    public static (string Words, string Tone) Liveness(string? verdict) => verdict switch
    {
        "live" => ("alive", "ok"),
        "spoof" => ("not alive", "fail"),
        "unsure" or "undecided" => ("not sure", "warn"),
        null => ("not looked at", "off"),
        var other => (other, "off"),
    };

    /// <summary>As the buttons call it; what is none of theirs is shown as it is.</summary>
    public static string Command(SentCommand command) => command.Command switch
    {
        "unlock" => "Unlock",
        "lock" => "Lock",
        "lockdown" => "Lockdown",
        "lockdown off" => "End the lockdown",
        "release" => "Release as in a fire",
        "reset" => "End the release",
        "lockout" => "End the lockout",
        "challenge" => "Challenge",
        "log" => "Bring the log",
        "reload" => "Read site file and people anew",
        var other => other,
    };

    public static (string Words, string Tone) Result(SentCommand command, DateTimeOffset now) => command.Result switch
    {
        "done" => ("Done", "ok"),
        "refused" => ("Refused", "fail"),
        "failed" => ("Failed", "fail"),
        null when now < command.Expires => ("Waits for the answer", "info"),
        null => ("No answer came", "warn"),
        var other => (other, "off"),
    };

    public static (string Words, string Tone) State(Device device) =>
        device.Revoked is not null ? ("Revoked", "off") : device.StatusAt is null ? ("Awaited", "warn") : device.IsOnline ? ("Online", "ok") : ("Offline", "fail");
}
