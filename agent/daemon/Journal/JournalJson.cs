using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Journal;

/// <summary>The journal's own JSON: events as lines, what the verifier says, and the "more" of a row.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EventLine))]
[JsonSerializable(typeof(JournalVerdict))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
sealed partial class JournalJson : JsonSerializerContext
{
    /// <summary>Words as they are written; the output is no web page.</summary>
    public static JournalJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
