using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>
/// A document under a signature: JSON Web Signature, compact (RFC 7515) with ES256 (RFC 7518), a <c>kid</c> and a <c>typ</c>, and
/// nothing else in its header. The type stands under the signature, so that no document passes for one of another kind.
/// </summary>
static class SignedText
{
    const string Algorithm = "ES256";

    /// <summary>Of the encoded header; ours have some 150.</summary>
    const int HeaderLettersMax = 400;

    public static string Sign(string type, ReadOnlySpan<byte> payload, SigningKey key)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new SignedHeader(Algorithm, key.Public.Id, type), SignedJson.Default.SignedHeader);
        var text = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{text}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>The key that is said to have signed it; null where the text is none of ours.</summary>
    public static string? KeyOf(ReadOnlySpan<byte> text) => Header(text)?.Kid;

    /// <summary>The payload, when the text is of that type and its signature is that of a key that may give it.</summary>
    /// <param name="text">ASCII.</param>
    /// <param name="type">As "edgeface-receipt".</param>
    /// <param name="keyOf">By its id; null for a key that may not sign such a document.</param>
    /// <param name="payload">Empty on false.</param>
    /// <param name="refusal">As "unknown-key"; null on true.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> text, string type, Func<string, VerifyingKey?> keyOf, out byte[] payload, out string? refusal)
    {
        (payload, refusal) = Open(text, type, keyOf);
        return refusal is null;
    }

    static (byte[] Payload, string? Refusal) Open(ReadOnlySpan<byte> text, string type, Func<string, VerifyingKey?> keyOf)
    {
        var (first, last) = (text.IndexOf((byte)'.'), text.LastIndexOf((byte)'.'));
        if (Header(text) is not { } header || last <= first) return ([], "malformed");
        if (header.Alg != Algorithm) return ([], "wrong-algorithm");
        if (header.Typ != type) return ([], "wrong-type");
        if (keyOf(header.Kid) is not { } key) return ([], "unknown-key");
        if (Decode(text[(last + 1)..]) is not { } signature || !key.Verifies(text[..last], signature)) return ([], "bad-signature");
        return Decode(text[(first + 1)..last]) is { } payload ? (payload, null) : ([], "malformed");
    }

    static SignedHeader? Header(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'.');
        if (end is < 1 or > HeaderLettersMax || Decode(text[..end]) is not { } json) return null;

        return WireJson.Read(json, SignedJson.Default.SignedHeader);
    }

    static byte[]? Decode(ReadOnlySpan<byte> text) =>
        Base64Url.IsValid(text) && !text.ContainsAny(" \t\r\n="u8) ? Base64Url.DecodeFromUtf8(text) : null;
}

sealed record SignedHeader(string Alg, string Kid, string Typ);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SignedHeader))]
sealed partial class SignedJson : JsonSerializerContext;
