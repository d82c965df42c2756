using System.Globalization;
using System.Text.Json.Nodes;
using EdgeFace.Sites;

namespace EdgeFace.Hub.Pages;

/// <summary>
/// Fields of forms as parts of a site document and back. What cannot be read is put in as it was typed: the reader of devices
/// then says in its words what is wrong with it.
/// </summary>
static class SiteForm
{
    public static readonly IReadOnlyList<(string Key, string Name)> Days =
    [
        ("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday"), ("thu", "Thursday"), ("fri", "Friday"), ("sat", "Saturday"), ("sun", "Sunday"),
    ];

    public static readonly IReadOnlyList<(string Key, string Name)> Modes =
        [("face", "face"), ("face+pin", "face and PIN"), ("face+card", "face and card"), ("card-or-face", "card or face")];

    public static readonly IReadOnlyList<(string Key, string Name)> Passbacks =
        [("", "off"), ("soft", "soft: it is said"), ("hard", "hard: he does not pass"), ("timed", "timed: not the same door for some minutes")];

    /// <summary>An empty field leaves the key out, for its default.</summary>
    public static void Put(JsonObject map, string key, JsonNode? value)
    {
        if (value is null) map.Remove(key);
        else map[key] = value;
    }

    public static JsonNode? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    public static JsonNode? Number(string? text) => string.IsNullOrWhiteSpace(text) ? null
        : double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value) : text.Trim();

    public static JsonArray Many(IEnumerable<string?> texts) => [.. texts.Select(text => (JsonNode?)text)];

    /// <summary>One in a line; empty ones are none.</summary>
    public static JsonArray Lines(string? text) => Many(Parted(text, '\n'));

    /// <summary>"08:00-12:00, 13:00-17:00".</summary>
    public static JsonArray Hours(string? text) => Many(Parted(text, ','));

    /// <summary>"2026-12-24 08:00-12:00" in a line; without hours it is closed.</summary>
    public static JsonObject Exceptions(string? text)
    {
        var dates = new JsonObject();
        foreach (var line in Parted(text, '\n'))
        {
            var date = line.Split(' ', 2);
            dates[date[0]] = Hours(date.ElementAtOrDefault(1));
        }

        return dates;
    }

    /// <summary>Null where all is empty.</summary>
    public static JsonArray? OrNone(JsonArray list) => list.Count == 0 ? null : list;

    public static string Show(JsonNode? value) => value switch
    {
        null => "",
        JsonArray list => string.Join('\n', list.Select(Show)),
        JsonValue one when one.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };

    public static string ShowHours(JsonNode? list) => Show(list).Replace("\n", ", ", StringComparison.Ordinal);

    public static string ShowExceptions(JsonNode? dates) =>
        dates is JsonObject map ? string.Join('\n', map.Select(date => $"{date.Key} {ShowHours(date.Value)}".TrimEnd())) : "";

    /// <summary>Each weekday's hours, however the document groups its days.</summary>
    public static IReadOnlyDictionary<string, string> ShowWeek(JsonNode? hours)
    {
        var week = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (days, own) in hours as JsonObject ?? [])
        {
            foreach (var day in WeekDays.Parse(days) ?? [])
            {
                var key = Days[((int)day + 6) % 7].Key;
                week[key] = week.TryGetValue(key, out var before) && before.Length > 0 ? $"{before}, {ShowHours(own)}" : ShowHours(own);
            }
        }

        return week;
    }

    public static JsonObject Map(JsonObject parent, string key)
    {
        if (parent[key] is JsonObject there) return there;

        var made = new JsonObject();
        parent[key] = made;
        return made;
    }

    public static IReadOnlyList<string> Names(JsonNode? node) => node switch
    {
        JsonObject map => [.. map.Select(member => member.Key)],
        JsonArray list => [.. list.Select(Show)],
        _ => [],
    };

    static string[] Parted(string? text, char by) => (text ?? "").Replace("\r", "", StringComparison.Ordinal)
        .Split(by, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
