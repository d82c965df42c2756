using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>Whether a device is there.</summary>
public enum PresenceStatus
{
    Offline,
    Online,
}

/// <summary>
/// What lies retained on the presence channel. The device says it itself, and its last will says offline for it where it
/// cannot; it is not signed, so that nothing but a display may rest on it.
/// </summary>
/// <param name="Status">Whether it is there.</param>
/// <param name="At">The device's clock when it said so; null in the last will, which is written before.</param>
sealed record PresenceDocument(PresenceStatus Status, DateTimeOffset? At = null)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, PresenceJson.Default.PresenceDocument);

    /// <summary>Null when it is no such document.</summary>
    public static PresenceDocument? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, PresenceJson.Default.PresenceDocument);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(PresenceStatusConverter)])]
[JsonSerializable(typeof(PresenceDocument))]
sealed partial class PresenceJson : JsonSerializerContext;

/// <summary>"online" and "offline": the words of the wire, and no number.</summary>
sealed class PresenceStatusConverter() :
    JsonStringEnumConverter<PresenceStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
