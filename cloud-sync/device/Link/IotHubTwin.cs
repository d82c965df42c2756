using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeFace.Link;

/// <summary>
/// A device's twin, as far as it is ours: what stands under <c>edgeface</c> in the desired and in the reported properties. Not
/// safe from several threads.
/// </summary>
sealed class IotHubTwin
{
    public const string Section = "edgeface", Settings = "settings";

    /// <summary>Of the reported properties, and of one text in them, by the hub's rules.</summary>
    public const int ReportedBytesMax = 32 * 1024;

    // What a patch brought before the whole twin came; and of which version the last settings were, by whole or patch.
    (long Version, byte[] Settings)? _early;
    long _seen = -1;

    /// <summary>What is reported, as the hub holds it; null before the twin came.</summary>
    public JsonNode? Reported { get; private set; }

    public bool IsWhole { get; private set; }

    /// <summary>A new connection: patches may have been missed, so only the whole twin says how things stand.</summary>
    public void Forget() => (IsWhole, _early) = (false, null);

    /// <summary>The whole twin. Null where it has no settings, or they were seen.</summary>
    /// <exception cref="JsonException">It is no twin.</exception>
    public byte[]? TakeWhole(ReadOnlySpan<byte> json)
    {
        var whole = Read(json, "The twin");
        var desired = whole["desired"] as JsonObject ?? throw new JsonException("The twin has no desired properties.");
        (Reported, IsWhole) = ((whole["reported"] as JsonObject)?[Section], true);

        var version = Version(desired);
        var settings = SettingsOf(desired);
        if (_early is { } early && early.Version > version) (version, settings) = early;
        _early = null;
        // Other than the last seen and not only newer: a twin that begins anew at 1 is that of a device made anew.
        var isNew = version != _seen;
        _seen = version;
        return isNew ? settings : null;
    }

    /// <summary>A patch of the desired properties. Null where it changes no settings, or they were seen.</summary>
    /// <exception cref="JsonException">It is no patch.</exception>
    public byte[]? TakePatch(ReadOnlySpan<byte> json)
    {
        var patch = Read(json, "The patch");
        var (version, settings) = (Version(patch), SettingsOf(patch));
        if (!IsWhole)
        {
            if (settings is not null && version > (_early?.Version ?? -1)) _early = (version, settings);
            return null;
        }

        if (version <= _seen) return null;

        _seen = version;
        return settings;
    }

    /// <summary>The patch that turns what is reported into that document (RFC 7396), under our section; null when it already is.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="wanted">The document, for <see cref="Confirm"/>.</param>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public byte[]? PatchTo(ReadOnlySpan<byte> json, out JsonNode wanted)
    {
        wanted = Read(json, "What is reported");
        return Between(Reported, wanted) is JsonObject { Count: 0 } && Reported is JsonObject
            ? null : Encoding.UTF8.GetBytes(new JsonObject { [Section] = Between(Reported, wanted) }.ToJsonString());
    }

    /// <summary>The hub took it.</summary>
    public void Confirm(JsonNode wanted) => Reported = wanted;

    /// <summary>All of it is looked at here: a node that is read later throws other things than a JsonException.</summary>
    /// <exception cref="JsonException">It is no JSON object, has a member twice, or half a surrogate pair.</exception>
    static JsonObject Read(ReadOnlySpan<byte> json, string what)
    {
        var texts = new Utf8JsonReader(json);
        try
        {
            while (texts.Read())
            {
                if (texts.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) texts.GetString();
            }
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"{what} has half a surrogate pair in a text.", e);
        }

        return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
            ?? throw new JsonException($"{what} is no JSON object.");
    }

    /// <summary>Merge patch: members that are gone become null, objects are gone into, all else is replaced.</summary>
    static JsonNode? Between(JsonNode? old, JsonNode? wanted)
    {
        if (wanted is not JsonObject after) return wanted?.DeepClone();

        var before = old as JsonObject ?? [];
        var patch = new JsonObject();
        foreach (var (name, _) in before)
        {
            if (after[name] is null) patch[name] = null;
        }

        foreach (var (name, value) in after)
        {
            if (value is not null && !JsonNode.DeepEquals(before[name], value)) patch[name] = Between(before[name], value);
        }

        return patch;
    }

    static long Version(JsonObject desired) =>
        desired["$version"] is JsonValue value && value.TryGetValue(out long version) ? version : throw new JsonException("There is no $version.");

    /// <summary>One text, or several that are one: a hub takes no text of more than 4 KB.</summary>
    static byte[]? SettingsOf(JsonObject desired) => (desired[Section] as JsonObject)?[Settings] switch
    {
        JsonValue one when one.TryGetValue(out string? text) => Encoding.UTF8.GetBytes(text),
        JsonArray pieces when pieces.All(piece => piece?.GetValueKind() is JsonValueKind.String) =>
            Encoding.UTF8.GetBytes(string.Concat(pieces.Select(piece => piece?.GetValue<string>()))),
        _ => null,
    };
}
