using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>
/// The settings that a device shall have: who may pass where and when. Signed (type <see cref="Type"/>, role
/// <see cref="KeyRole.Settings"/>), for one device.
/// </summary>
/// <param name="Device">Whom it is for.</param>
/// <param name="Version">1 to <see cref="WireLimits.VersionMax"/>, greater than every one before.</param>
/// <param name="Issued">UTC.</param>
/// <param name="Site">The whole site document, as in the site file.</param>
sealed record SettingsDocument(string Device, long Version, DateTimeOffset Issued, JsonElement Site)
{
    public const string Type = "edgeface-settings";

    public string SignedBy(SigningKey key) =>
        SignedText.Sign(Type, JsonSerializer.SerializeToUtf8Bytes(this, SettingsJson.Default.SettingsDocument), key);

    /// <summary>Null when it is no such document.</summary>
    public static SettingsDocument? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, SettingsJson.Default.SettingsDocument) is { } read
            && read.Version is >= 1 and <= WireLimits.VersionMax && read.Site.ValueKind is JsonValueKind.Object ? read : null;
}

/// <summary>Which settings a device has.</summary>
/// <param name="Applied">The version in force; 0: the device's own file.</param>
/// <param name="Refused">The version that was last refused; null: none since the one in force.</param>
/// <param name="Code">
/// Why, as "faults"; or "not-kept": the version in force could not be written to the disk, and is asked for again. Null where
/// all is well.
/// </param>
/// <param name="Faults">All that is wrong with it, each with its place in the document; or why it was not kept.</param>
/// <param name="At">UTC.</param>
sealed record SettingsReport(
    long Applied,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Refused,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<string>? Faults,
    DateTimeOffset At)
{
    /// <summary>On Azure IoT Hub it is a part of the reported twin: a null there takes away what stood before.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SettingsJson.Default.SettingsReport);

    /// <summary>Null when it is none.</summary>
    public static SettingsReport? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, SettingsJson.Default.SettingsReport);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SettingsDocument))]
[JsonSerializable(typeof(SettingsReport))]
sealed partial class SettingsJson : JsonSerializerContext;
