using System.Text.Json;
using EdgeFace.Documents;

namespace EdgeFace.Hub.Fleet;

/// <summary>One place in which two site documents differ.</summary>
/// <param name="Path">As in faults: <c>$.doors.front.rules[0].schedule</c>.</param>
/// <param name="Before">Null: there was nothing.</param>
/// <param name="After">Null: there is nothing any more.</param>
sealed record SiteChange(string Path, string? Before, string? After)
{
    /// <param name="before">JSON; null: nothing is known of what was before.</param>
    /// <param name="after">JSON.</param>
    public static IReadOnlyList<SiteChange> Between(string? before, string after)
    {
        var changes = new List<SiteChange>();
        using var old = JsonDocument.Parse(before ?? "{}", SiteStore.Lenient);
        using var wanted = JsonDocument.Parse(after, SiteStore.Lenient);
        Compare("$", old.RootElement, wanted.RootElement, changes);
        return changes;
    }

    static void Compare(string path, JsonElement? before, JsonElement? after, List<SiteChange> changes)
    {
        var (old, wanted) = (before?.ValueKind, after?.ValueKind);
        if (old is JsonValueKind.Object or null && wanted is JsonValueKind.Object or null && (old ?? wanted) is not null)
        {
            foreach (var key in Keys(before).Concat(Keys(after)).Distinct(StringComparer.Ordinal))
                Compare(DocumentNode.PathOf(path, key), Member(before, key), Member(after, key), changes);
        }
        else if (IsOfParts(before) || IsOfParts(after))
        {
            for (var i = 0; i < Math.Max(Length(before), Length(after)); i++) Compare($"{path}[{i}]", Item(before, i), Item(after, i), changes);
        }
        else if (Text(before) is var was && Text(after) is var shall && was != shall)
        {
            changes.Add(new SiteChange(path, was, shall));
        }
    }

    /// <summary>A list of plain values is one value to people.</summary>
    static bool IsOfParts(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } many && many.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array);

    static IEnumerable<string> Keys(JsonElement? map) => map is { ValueKind: JsonValueKind.Object } some ? some.EnumerateObject().Select(member => member.Name) : [];

    static JsonElement? Member(JsonElement? map, string key) =>
        map is { ValueKind: JsonValueKind.Object } some && some.TryGetProperty(key, out var value) ? value : null;

    static int Length(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } some ? some.GetArrayLength() : 0;

    static JsonElement? Item(JsonElement? list, int index) => index < Length(list) ? list?[index] : null;

    static string? Text(JsonElement? value) => value is { } some ? JsonSerializer.Serialize(some, Plain) : null;

    static readonly JsonSerializerOptions Plain = new() { Encoder = SiteStore.Readable.Encoder };
}
