using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Storage;

namespace EdgeFace.Subjects;

/// <summary>
/// Says that a subject was erased, and proves later that this device said so. It holds nothing of the person: the
/// digest is over ciphertexts.
/// </summary>
/// <param name="ReceiptId">Random, 32 hex digits.</param>
/// <param name="SubjectId">Whose traces are gone, 32 hex digits.</param>
/// <param name="ErasedAt">UTC.</param>
/// <param name="Templates">How many templates were erased.</param>
/// <param name="Sha256">Over every erased ciphertext with its place; 64 lower-case hex digits.</param>
/// <param name="Complete">
/// False while another program was reading the gallery, so that sealed bytes still stood in the write-ahead log.
/// </param>
/// <param name="Hmac">
/// HMAC-SHA256 under the device's receipt key over the other parts; 64 lower-case hex digits.
/// </param>
sealed record ErasureReceipt(
    string ReceiptId, string SubjectId, DateTimeOffset ErasedAt, int Templates, string Sha256, bool Complete,
    string Hmac)
{
    public string ToJson() => JsonSerializer.Serialize(this, ErasureReceiptJson.Default.ErasureReceipt);

    /// <exception cref="JsonException">Not a receipt.</exception>
    public static ErasureReceipt FromJson(string json) =>
        JsonSerializer.Deserialize(json, ErasureReceiptJson.Default.ErasureReceipt)
        ?? throw new JsonException("The text is 'null' and not an erasure receipt.");

    public ErasureReceipt SignedBy(SealingKey key) => this with { Hmac = Convert.ToHexStringLower(key.Sign(Words())) };

    /// <summary>True when this device signed these very words.</summary>
    public bool IsSignedBy(SealingKey key) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Convert.ToHexStringLower(key.Sign(Words()))), Encoding.UTF8.GetBytes(Hmac));

    byte[] Words() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"edgeface erasure 1|{ReceiptId}|{SubjectId}|{ErasedAt.UtcDateTime:O}|{Templates}|{Sha256}|{Complete}"));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ErasureReceipt))]
sealed partial class ErasureReceiptJson : JsonSerializerContext;
