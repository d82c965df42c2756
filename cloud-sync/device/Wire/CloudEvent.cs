using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>An event as CloudEvents 1.0 writes it, its names all in small letters and its content in <c>data</c>.</summary>
sealed record CloudEvent(
    string Specversion, string Id, string Source, string Type, DateTimeOffset Time, string? Subject, string? Datacontenttype,
    CloudContent Data)
{
    const string Version = "1.0", TypeRoot = "edgeface.", SourceRoot = "/edgeface/", PersonRoot = "person/";
    const string Json = "application/json";
    const int WordMax = 128, MoreMax = 64;

    public static CloudEvent Of(OutboxEvent what) => new(
        Version, what.Key.ToString(), SourceRoot + what.Device, TypeRoot + what.Kind, what.At,
        what.Person is null ? null : PersonRoot + what.Person, Json,
        new CloudContent(
            what.Device, what.Key.Boot, what.Key.Seq, what.Priority, what.Door, what.Camera, what.Reason, Finite(what.Value),
            Finite(what.Limit), what.Remedy, what.More, what.Cut ? true : null));

    /// <summary>The event, when all that is said twice in it is the same, and no number is one that a device cannot give.</summary>
    /// <param name="device">Who sent it.</param>
    /// <param name="refusal">As "other-device"; null when there is an event.</param>
    public OutboxEvent? ToEvent(string device, out string? refusal)
    {
        refusal = Refusal(device);
        return refusal is not null ? null : new OutboxEvent(
            device, new EventKey(Data.Boot, Data.Seq), Time, Type[TypeRoot.Length..], Data.Priority, Data.Door, Data.Camera,
            PersonOf(Subject), Data.Reason, Data.Value, Data.Limit, Data.Remedy, Data.More, Data.Cut is true);
    }

    string? Refusal(string device)
    {
        if (Specversion != Version || Datacontenttype is not (null or Json)) return "wrong-version";
        if (Data.Device != device || Source != SourceRoot + device) return "other-device";
        if (Data.Boot is < 1 or > WireLimits.VersionMax || Data.Seq is < 1 or > WireLimits.VersionMax) return "out-of-range";
        if (Id != new EventKey(Data.Boot, Data.Seq).ToString()) return "wrong-id";
        if (!Type.StartsWith(TypeRoot, StringComparison.Ordinal) || Type.Length is <= 9 or > WordMax + 9) return "malformed";
        if (Subject is not null && !(Subject.StartsWith(PersonRoot, StringComparison.Ordinal) && Subject.Length <= WordMax)) return "malformed";
        if (!Enum.IsDefined(Data.Priority) || Data.More is { Count: > MoreMax } || IsLong(Data.Door) || IsLong(Data.Camera) || IsLong(Data.Reason)) return "malformed";
        return null;
    }

    static string? PersonOf(string? subject) => subject?.Substring(PersonRoot.Length);

    static bool IsLong(string? word) => word?.Length > WordMax;

    /// <summary>JSON knows no infinity.</summary>
    static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}

/// <summary>The content of an event; <c>cut</c> is true where remedy and more are missing, since it was too large for a message.</summary>
sealed record CloudContent(
    string Device, long Boot, long Seq, OutboxPriority Priority, string? Door, string? Camera, string? Reason, double? Value,
    double? Limit, string? Remedy, IReadOnlyDictionary<string, string>? More, bool? Cut);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 8,
    RespectNullableAnnotations = true,
    Converters = [typeof(OutboxPriorityConverter)])]
[JsonSerializable(typeof(CloudEvent))]
sealed partial class CloudEventJson : JsonSerializerContext;

/// <summary>"alarm", "access" and "telemetry"; no number, and no other spelling.</summary>
sealed class OutboxPriorityConverter() : JsonStringEnumConverter<OutboxPriority>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
