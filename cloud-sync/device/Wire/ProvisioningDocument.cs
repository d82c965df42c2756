using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>A device asks to be known to the hub. Signed by its own key (type <see cref="Type"/>), so that nobody registers a key that is not his.</summary>
/// <param name="Code">The one-time code that an operator was shown.</param>
/// <param name="Device">The name that the code is for.</param>
/// <param name="Key">Its own public key, SubjectPublicKeyInfo on P-256.</param>
/// <param name="CertificateRequest">PKCS #10, DER: for brokers that know devices by certificates; null: none is wanted.</param>
sealed record ProvisioningRequest(string Code, string Device, byte[] Key, byte[]? CertificateRequest = null)
{
    public const string Type = "edgeface-provisioning";

    public string SignedBy(SigningKey key) =>
        SignedText.Sign(Type, JsonSerializer.SerializeToUtf8Bytes(this, ProvisionJson.Default.ProvisioningRequest), key);

    /// <summary>Null when it is none, or not signed by the very key that it brings.</summary>
    public static ProvisioningRequest? Open(ReadOnlySpan<byte> text)
    {
        VerifyingKey? own = null;
        try
        {
            var middle = text[(text.IndexOf((byte)'.') + 1)..];
            if (middle.IndexOf((byte)'.') is not (> 0 and var end)) return null;

            var unproved = JsonSerializer.Deserialize(
                System.Buffers.Text.Base64Url.DecodeFromUtf8(middle[..end]), ProvisionJson.Default.ProvisioningRequest);
            if (unproved is null || !Topics.IsDevice(unproved.Device)) return null;

            own = new VerifyingKey(unproved.Key);
            return SignedText.TryOpen(text, Type, id => id == own.Id ? own : null, out _, out _) ? unproved : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>What a device needs to speak with the hub.</summary>
/// <param name="Device">Its name, which is its user name at the broker too.</param>
/// <param name="Host">The broker.</param>
/// <param name="Port">Its.</param>
/// <param name="Tls">Whether the way there is encrypted.</param>
/// <param name="Trust">The set of trusted keys, JSON.</param>
/// <param name="Password">At the broker; null: a certificate is shown.</param>
/// <param name="CaPem">Who has signed the broker's certificate; null: whom the system trusts.</param>
/// <param name="CertificatePem">The device's own; null: none.</param>
/// <param name="Gallery">Which it takes.</param>
sealed record ProvisioningAnswer(
    string Device, string Host, int Port, bool Tls, JsonElement Trust, string Gallery, string? Password = null, string? CaPem = null,
    string? CertificatePem = null)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ProvisionJson.Default.ProvisioningAnswer);

    /// <exception cref="JsonException">It is none.</exception>
    public static ProvisioningAnswer Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ProvisionJson.Default.ProvisioningAnswer) ?? throw new JsonException("There is nothing in it.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProvisioningRequest))]
[JsonSerializable(typeof(ProvisioningAnswer))]
sealed partial class ProvisionJson : JsonSerializerContext;
