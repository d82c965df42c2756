using System.Text.Json.Serialization;
using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>What a process is asked to try; one JSON object on its standard input.</summary>
/// <param name="Library">Folder of the vendor's runtime; null: the one that comes along.</param>
/// <param name="Provider">What to compute with.</param>
/// <param name="Cards">The model of each stage.</param>
/// <param name="Models">Where their files lie.</param>
/// <param name="Cache">Folder for what providers compile.</param>
/// <param name="Threads">Of one inference.</param>
/// <param name="Seconds">After so long the process ends by itself, whatever hangs in it.</param>
sealed record TrialRequest(
    string? Library, ProviderChoice Provider, IReadOnlyDictionary<InferenceStage, ModelCard> Cards, string Models, string? Cache, int Threads,
    double Seconds)
{
    /// <summary>In words: the provider, or the library where that is on trial.</summary>
    public string Tried => Library is not null && Provider.Provider is ExecutionProvider.Cpu ? Path.Combine(Library, RuntimeLibrary.FileName) : $"{Provider}";
}

/// <summary>One line of its answer. Which of the others are there depends on <see cref="What"/>.</summary>
/// <param name="What">"library" (bound, Text its version), "begin" (a stage), "stage" (it computed) or "fault" (and this is the end).</param>
/// <param name="Stage">Which.</param>
/// <param name="Text">A version, or what happened.</param>
/// <param name="Fault">Which.</param>
/// <param name="Ms">Median of one inference.</param>
/// <param name="Own">Operators that the provider computed.</param>
/// <param name="Values">What the stage gave for the reference face.</param>
sealed record TrialLine(
    string What, InferenceStage? Stage = null, string? Text = null, ProviderFault? Fault = null, double? Ms = null, int? Own = null,
    float[]? Values = null)
{
    /// <summary>Before every line: a library that prints to standard output does not spoil the answer.</summary>
    public const string Mark = "edgeface-trial ";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrialRequest))]
[JsonSerializable(typeof(TrialLine))]
sealed partial class TrialJson : JsonSerializerContext;
