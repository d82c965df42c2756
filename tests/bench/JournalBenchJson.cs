using System.Text.Json.Serialization;

namespace EdgeFace.Benchmarks;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FillReport))]
[JsonSerializable(typeof(CrashReport))]
[JsonSerializable(typeof(PushReport))]
sealed partial class JournalBenchJson : JsonSerializerContext;
