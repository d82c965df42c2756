using System.Text.Json.Serialization;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>Nulls are written: a rate that cannot be measured is said, not left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(SnakeCase<ModelKind>)],
    WriteIndented = true)]
[JsonSerializable(typeof(PairsReport))]
[JsonSerializable(typeof(IdentifyReport))]
[JsonSerializable(typeof(DetectReport))]
[JsonSerializable(typeof(PadReport))]
[JsonSerializable(typeof(MomentsReport))]
[JsonSerializable(typeof(QuantizeReport))]
[JsonSerializable(typeof(IReadOnlyList<DetectReport>))]
[JsonSerializable(typeof(IReadOnlyList<MeasuredPoint>))]
sealed partial class EvaluationJson : JsonSerializerContext;
