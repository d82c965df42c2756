using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>A person as hub and device tell each other; sealed wherever it goes. Its text is the random id only.</summary>
/// <param name="Id">32 lower-case hex digits.</param>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Groups">At most 32.</param>
/// <param name="EnrolledAt">When first.</param>
/// <param name="Templates">1 to 10.</param>
/// <param name="Consent">To what he agreed; null: nobody recorded that he did.</param>
/// <param name="ValidFrom">From when he is let in; null: from enrolment.</param>
/// <param name="ValidUntil">From when he is let in no more; null: no end.</param>
/// <param name="Cards">At most 16.</param>
/// <param name="Pin">With the one for duress.</param>
/// <param name="ExtendedTime">Needs more time at the door.</param>
sealed record PushedPerson(
    string Id, string Name, string[] Groups, DateTimeOffset EnrolledAt, PushedTemplate[] Templates, PushedConsent? Consent = null,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null, PushedCard[]? Cards = null, PushedPin? Pin = null,
    bool ExtendedTime = false)
{
    public const int TemplatesMax = 10, GroupsMax = 32, CardsMax = 16, NameLettersMax = 1_600;

    [JsonIgnore]
    public Guid Number => Guid.ParseExact(Id, "N");

    public override string ToString() => Id;

    public string? Fault() =>
        !IsId(Id) ? "A person's id is 32 lower-case hex digits."
        : Name.Length is 0 or > NameLettersMax ? "A name is 1 to 200 characters long."
        : Groups.Length > GroupsMax || Groups.Any(group => group is null or { Length: 0 or > NameLettersMax }) ? $"A person is in at most {GroupsMax} groups, each with a name."
        : Templates.Length is 0 or > TemplatesMax ? $"A person has 1 to {TemplatesMax} templates, not {Templates.Length}."
        : Templates.Any(template => template is null) ? "A template is missing."
        : Cards is { Length: > CardsMax } || Cards?.Any(card => card is null) == true ? $"A person has at most {CardsMax} cards."
        : Templates.Select(template => template.Fault()).FirstOrDefault(fault => fault is not null);

    public static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);
}

/// <summary>A template without its numbers, which stand behind the text, see <see cref="PersonRecord"/>.</summary>
/// <param name="Id">32 lower-case hex digits.</param>
/// <param name="Model">In whose space it lives.</param>
/// <param name="Quality">Of the picture, 0..1.</param>
/// <param name="CapturedAt">When that was taken.</param>
/// <param name="Values">How many there are, 1 to 4096.</param>
sealed record PushedTemplate(string Id, string Model, float Quality, DateTimeOffset CapturedAt, int Values)
{
    public const int ValuesMax = 4096;

    public string? Fault() =>
        !PushedPerson.IsId(Id) ? "A template's id is 32 lower-case hex digits."
        : Model.Length is 0 or > GalleryManifest.ModelLettersMax ? "A template has no model, or too long a name of one."
        : Quality is not (>= 0 and <= 1) ? "A template's quality is 0 to 1."
        : Values is < 1 or > ValuesMax ? $"A template has 1 to {ValuesMax} values, not {Values}."
        : null;
}

/// <param name="At">When.</param>
/// <param name="Text">Which version of the text.</param>
sealed record PushedConsent(DateTimeOffset At, string Text);

/// <summary>HMAC-SHA256 of the card's number in capitals, with the key it was made under; 32 bytes each.</summary>
sealed record PushedCard(byte[] Key, byte[] Hash);

/// <summary>PBKDF2-HMAC-SHA256 (RFC 8018): 16 bytes of salt, 32 of hash, and 32 of the one for duress where there is one.</summary>
sealed record PushedPin(byte[] Salt, int Iterations, byte[] Hash, byte[]? DuressHash = null);

/// <summary>The text of a record: exactly one of the two.</summary>
/// <param name="Person">He is to be as this.</param>
/// <param name="Removed">The id of whom is to be erased; in a delta only.</param>
sealed record RecordText(PushedPerson? Person = null, string? Removed = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RecordText))]
sealed partial class RecordJson : JsonSerializerContext;
