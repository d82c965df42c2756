using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeFace.Tests.IotHub;

/// <summary>A twin as a hub keeps it: two documents with versions, changed by merge patches, with the hub's limits.</summary>
sealed class HubTwin
{
    const int BytesMax = 32 * 1024, TextBytesMax = 4096, KeyBytesMax = 1024, DepthMax = 10;

    public JsonObject Desired { get; private set; } = [];

    public JsonObject Reported { get; private set; } = [];

    public long DesiredVersion { get; private set; } = 1;

    public long ReportedVersion { get; private set; } = 1;

    public string Json() => new JsonObject
    {
        ["desired"] = Versioned(Desired, DesiredVersion),
        ["reported"] = Versioned(Reported, ReportedVersion),
    }.ToJsonString();

    /// <summary>The patch as the device is told it.</summary>
    public string Desire(JsonObject patch)
    {
        if (Fault(patch, 1) is { } fault) throw new ArgumentException(fault);
        var merged = Merge(Desired, patch);
        if (SizeOf(merged) > BytesMax) throw new ArgumentException("More than 32 KB are desired.");
        Desired = merged;
        return Versioned(patch, ++DesiredVersion).ToJsonString();
    }

    /// <summary>204, or 400 with what is wrong.</summary>
    public (int Status, string? Fault) Report(byte[] payload)
    {
        try
        {
            if (JsonNode.Parse(payload) is not JsonObject patch) return (400, "The patch is no object.");
            if (Fault(patch, 1) is { } fault) return (400, fault);
            var merged = Merge(Reported, patch);
            if (SizeOf(merged) > BytesMax) return (400, "More than 32 KB are reported.");
            (Reported, ReportedVersion) = (merged, ReportedVersion + 1);
            return (204, null);
        }
        catch (JsonException)
        {
            return (400, "The patch is no JSON.");
        }
    }

    static JsonObject Versioned(JsonObject document, long version)
    {
        var copy = (JsonObject)document.DeepClone();
        copy["$version"] = version;
        return copy;
    }

    static JsonObject Merge(JsonObject into, JsonObject patch)
    {
        var merged = (JsonObject)into.DeepClone();
        foreach (var (name, value) in patch)
        {
            if (value is null) merged.Remove(name);
            else merged[name] = value is JsonObject inner ? Merge(merged[name] as JsonObject ?? [], inner) : value.DeepClone();
        }

        return merged;
    }

    static string? Fault(JsonNode? node, int depth)
    {
        if (depth > DepthMax) return "It is deeper than ten levels.";
        if (node is JsonValue value && value.TryGetValue(out string? text) && Encoding.UTF8.GetByteCount(text) > TextBytesMax)
            return "A text has more than 4 KB.";
        if (node is JsonArray list) return list.Select(each => Fault(each, depth + 1)).FirstOrDefault(fault => fault is not null);
        if (node is not JsonObject members) return null;

        foreach (var (name, inner) in members)
        {
            if (name.Length == 0 || name.IndexOfAny(['.', '$', ' ']) >= 0 || name.Any(char.IsControl) || Encoding.UTF8.GetByteCount(name) > KeyBytesMax)
                return $"The name '{name}' is not allowed.";
            if (Fault(inner, depth + 1) is { } fault) return fault;
        }

        return null;
    }

    /// <summary>As the hub counts: names and texts in UTF-8, numbers 8, booleans 4.</summary>
    static int SizeOf(JsonNode? node) => node switch
    {
        JsonObject members => members.Sum(member => Encoding.UTF8.GetByteCount(member.Key) + SizeOf(member.Value)),
        JsonArray list => list.Sum(SizeOf),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => Encoding.UTF8.GetByteCount(value.GetValue<string>()),
            JsonValueKind.Number => 8,
            _ => 4,
        },
        _ => 0,
    };
}
