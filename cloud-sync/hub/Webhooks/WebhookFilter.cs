using System.Text.RegularExpressions;
using EdgeFace.Hub.Intake;

namespace EdgeFace.Hub.Webhooks;

/// <summary>Which events a webhook takes: those that every list takes; an empty list takes all.</summary>
/// <param name="Kinds">As "granted"; with a star at its end, all that begin so.</param>
/// <param name="Doors">As "device" or "device/door".</param>
/// <param name="Outcomes">Of <see cref="AllOutcomes"/>.</param>
sealed partial record WebhookFilter(IReadOnlyList<string> Kinds, IReadOnlyList<string> Doors, IReadOnlyList<string> Outcomes)
{
    const int WordsMax = 50;

    public static readonly WebhookFilter All = new([], [], []);

    /// <summary>A decision's, an alarm of whatever kind, or none of these.</summary>
    public static readonly IReadOnlyList<string> AllOutcomes = ["granted", "denied", "alarm", "other"];

    /// <summary>From what was typed: words parted by blanks, commas or lines.</summary>
    public static IReadOnlyList<string> Words(string? text) =>
        [.. (text ?? "").Split([' ', ',', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    public bool Takes(SeenEvent what) =>
        (Kinds.Count == 0 || Kinds.Any(kind => kind.EndsWith('*') ? what.Kind.StartsWith(kind[..^1], StringComparison.Ordinal) : what.Kind == kind))
        && (Doors.Count == 0 || Doors.Any(door => door == what.Device || door == $"{what.Device}/{what.Door}"))
        && (Outcomes.Count == 0 || Outcomes.Any(outcome => Is(outcome, what)));

    /// <summary>Null: it can be used.</summary>
    public string? Fault()
    {
        if (Math.Max(Kinds.Count, Doors.Count) > WordsMax) return $"A webhook names at most {WordsMax} kinds and {WordsMax} doors.";
        if (Kinds.FirstOrDefault(kind => !Kind().IsMatch(kind)) is { } strange)
            return $"'{strange}' is no kind of event; a kind is written as denied.no-match, or denied.* for all that begin so.";
        if (Doors.FirstOrDefault(door => !Door().IsMatch(door)) is { } nowhere) return $"'{nowhere}' is no door; a door is written as device/door, and a device as device.";
        if (Outcomes.Except(AllOutcomes).FirstOrDefault() is { } none) return $"There is no outcome '{none}'; there are {string.Join(", ", AllOutcomes)}.";
        return null;
    }

    static bool Is(string outcome, SeenEvent what) => outcome switch
    {
        "granted" => what.Kind == "granted",
        "denied" => IsDenied(what),
        "alarm" => what.Priority == 0,
        _ => what.Kind != "granted" && !IsDenied(what) && what.Priority != 0,
    };

    static bool IsDenied(SeenEvent what) => what.Kind.StartsWith("denied.", StringComparison.Ordinal);

    [GeneratedRegex(@"^[a-z0-9._-]{0,127}(\*|[a-z0-9_-])$")]
    private static partial Regex Kind();

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}(/[^/\s,]{1,128})?$")]
    private static partial Regex Door();
}
