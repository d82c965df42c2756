using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Cli;

/// <summary>
/// What the commands about faces and the gallery write with --json: one object per line, snake_case, nulls written.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FoundFace))]
[JsonSerializable(typeof(Verification))]
[JsonSerializable(typeof(IdentifiedFace))]
[JsonSerializable(typeof(EnrolledPerson))]
[JsonSerializable(typeof(ListedSubject))]
[JsonSerializable(typeof(ExportedGallery))]
[JsonSerializable(typeof(ImportedGallery))]
[JsonSerializable(typeof(CheckedReceipt))]
[JsonSerializable(typeof(SavedSnapshot))]
[JsonSerializable(typeof(KeptPresentation))]
[JsonSerializable(typeof(DemoDoor))]
[JsonSerializable(typeof(DemoCloudOutcome))]
[JsonSerializable(typeof(DemoSiteOutcome))]
sealed partial class FaceJson : JsonSerializerContext
{
    /// <summary>Names as they are written; the output is no web page.</summary>
    public static FaceJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
