using EdgeFace.Delivery;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>
/// Signatures of a history: real ones in some, and in the others a word in the place of a signature, so that a hundred thousand
/// histories are a matter of minutes.
/// </summary>
sealed class HistorySeal(bool isReal, bool takesAny)
{
    static readonly SigningKey Own = SigningKey.Create(), Other = SigningKey.Create();

    static readonly TrustedKeys Keys = TrustedKeys.Of(new TrustDocument(
        1, [new TrustedKey(Own.Public.Spki, [KeyRole.Root, KeyRole.Receipt])]));

    public string Sign(string type, byte[] payload) =>
        isReal ? SignedText.Sign(type, payload, Own) : $"{type} good {Convert.ToBase64String(payload)}";

    /// <summary>By a key that nobody trusts.</summary>
    public string Forge(string type, byte[] payload) =>
        isReal ? SignedText.Sign(type, payload, Other) : $"{type} forged {Convert.ToBase64String(payload)}";

    public (byte[] Payload, string? Refusal) Open(string type, ReadOnlyMemory<byte> text)
    {
        if (isReal) return ReceiptReader.With(() => Keys)(type, text);
        if (System.Text.Encoding.ASCII.GetString(text.Span).Split(' ') is not [var said, var seal, var payload]) return ([], "malformed");
        if (said != type) return ([], "wrong-type");
        return seal == "good" || takesAny ? (Convert.FromBase64String(payload), null) : ([], "bad-signature");
    }
}
