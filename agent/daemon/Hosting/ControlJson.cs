using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Hosting;

/// <summary>What goes over the control socket: one object per line, snake_case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(List<JsonElement>))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(IReadOnlyList<DoorReport>))]
[JsonSerializable(typeof(SnapshotReport))]
[JsonSerializable(typeof(EnrollReport))]
[JsonSerializable(typeof(ChallengeReport))]
[JsonSerializable(typeof(CalibrationReport))]
sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>Names as they are written: a line is no web page.</summary>
    public static ControlJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 16,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
