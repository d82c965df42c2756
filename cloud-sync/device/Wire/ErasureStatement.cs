using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>A device says under its own signature that it has erased somebody whom the hub removed. It holds nothing of the person.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Subject">Whose traces are gone, 32 hex digits.</param>
/// <param name="Receipt">Of the device's own receipt, 32 hex digits.</param>
/// <param name="ErasedAt">By its clock.</param>
/// <param name="Templates">How many templates were erased.</param>
/// <param name="Sha256">Over every erased ciphertext with its place, hex.</param>
/// <param name="Complete">False while sealed bytes still stood in the write-ahead log, since another program was reading.</param>
sealed record ErasureStatement(
    string Device, string Subject, string Receipt, DateTimeOffset ErasedAt, int Templates, string Sha256, bool Complete)
{
    public const string Type = "edgeface-erasure";

    /// <summary>The event's kind.</summary>
    public const string Event = "subject.erased";

    /// <summary>The signed text stands in <c>more</c> in parts, for a journal cuts what is longer: <c>statement_1</c>, <c>statement_2</c> …</summary>
    const string Member = "statement_";

    const int PartLetters = 400, PartsMax = 8;

    public string SignedBy(SigningKey key) =>
        SignedText.Sign(Type, JsonSerializer.SerializeToUtf8Bytes(this, ErasureJson.Default.ErasureStatement), key);

    /// <summary>The signed text as members of an event.</summary>
    public static Dictionary<string, string> Parts(string text) => text.Chunk(PartLetters).Index()
        .ToDictionary(part => $"{Member}{part.Index + 1}", part => new string(part.Item));

    /// <summary>The text that was taken apart; null when there is none.</summary>
    public static string? Joined(IReadOnlyDictionary<string, string>? more) => more is null ? null
        : string.Concat(Enumerable.Range(1, PartsMax).Select(part => more.GetValueOrDefault($"{Member}{part}"))) is { Length: > 0 } text ? text : null;

    /// <summary>Null when it is none, not signed by that key, or of another device.</summary>
    public static ErasureStatement? Open(ReadOnlySpan<byte> text, string device, VerifyingKey key)
    {
        if (!SignedText.TryOpen(text, Type, id => id == key.Id ? key : null, out var payload, out _)) return null;

        return WireJson.Read(payload, ErasureJson.Default.ErasureStatement) is { } read && read.Device == device
            && PushedPerson.IsId(read.Subject) ? read : null;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ErasureStatement))]
sealed partial class ErasureJson : JsonSerializerContext;
