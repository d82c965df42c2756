using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Wire;

namespace EdgeFace.Hub.People;

/// <summary>What of a person lies sealed: it is read by whoever has the hub's key, and by nobody else.</summary>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Consent">To what he agreed, before any template was made.</param>
/// <param name="ConsentBy">Who recorded that.</param>
/// <param name="ValidFrom">From when he is let in; null: at once.</param>
/// <param name="ValidUntil">From when he is let in no more; null: no end.</param>
/// <param name="Cards">At most 16.</param>
/// <param name="Pin">With the one for duress.</param>
/// <param name="ExtendedTime">Needs more time at the door.</param>
/// <param name="Note">For operators.</param>
sealed record PersonDetails(
    string Name, PushedConsent? Consent = null, string? ConsentBy = null, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null,
    PushedCard[]? Cards = null, PushedPin? Pin = null, bool ExtendedTime = false, string? Note = null)
{
    public override string ToString() => "details of a person";
}

/// <summary>Somebody who is enrolled. His text is the random id.</summary>
/// <param name="Id">32 lower-case hex digits, random.</param>
/// <param name="Details">Opened.</param>
/// <param name="Groups">Which rules are for him.</param>
/// <param name="Gallery">In which devices look for him.</param>
/// <param name="Created">When he was enrolled.</param>
/// <param name="Changed">When anything of him was last changed.</param>
/// <param name="RetainUntil">When he is erased by itself; null: never.</param>
/// <param name="Source">"photo", "bulk", or "door NAME".</param>
/// <param name="Suspended">From when on no device has him, though he is not erased; null: they do.</param>
/// <param name="Templates">How many he has.</param>
sealed record Person(
    string Id, PersonDetails Details, IReadOnlyList<string> Groups, string Gallery, DateTimeOffset Created, DateTimeOffset Changed,
    DateTimeOffset? RetainUntil, string Source, DateTimeOffset? Suspended, int Templates)
{
    /// <summary>Before one is found.</summary>
    public static Person Nobody { get; } = new("", new PersonDetails(""), [], "", default, default, null, "", null, 0);

    public string Name => Details.Name;

    public override string ToString() => Id;
}

/// <summary>A template that is to be kept, its values open.</summary>
/// <param name="Model">In whose space it lives.</param>
/// <param name="Values">fp32, of unit length.</param>
/// <param name="Quality">Of the picture, 0..1.</param>
/// <param name="Captured">When that was taken.</param>
sealed record NewTemplate(string Model, float[] Values, float Quality, DateTimeOffset Captured)
{
    public override string ToString() => $"{Model}[{Values.Length}]";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PersonDetails))]
sealed partial class PersonJson : JsonSerializerContext
{
    public static byte[] Write(PersonDetails details) => JsonSerializer.SerializeToUtf8Bytes(details, Default.PersonDetails);

    public static PersonDetails Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, Default.PersonDetails) ?? throw new JsonException("There is nothing in it.");
}
