using System.Buffers.Text;
using System.Text;
using EdgeFace.Delivery;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>
/// Signatures of a history: real ones in some, so that a hundred thousand histories are a matter of minutes. In the others what
/// was signed is known again by its text, and a receipt has a word in the place of its signature.
/// </summary>
sealed class HistorySeal(bool isReal, bool takesAny, bool takesAnyPush)
{
    readonly HistoryKeys _keys = HistoryKeys.Here;
    readonly Dictionary<string, (string Type, byte[] Payload)> _known = new(StringComparer.Ordinal);

    public string Sign(string type, byte[] payload)
    {
        if (isReal) return SignedText.Sign(type, payload, _keys.Own);

        var text = $"{type} good {Convert.ToBase64String(payload)}";
        _known[text] = (type, payload);
        return text;
    }

    /// <summary>By a key that nobody trusts.</summary>
    public string Forge(string type, byte[] payload) =>
        isReal ? SignedText.Sign(type, payload, _keys.Other) : $"{type} forged {Convert.ToBase64String(payload)}";

    public (byte[] Payload, string? Refusal) Open(string type, ReadOnlyMemory<byte> text)
    {
        if (isReal) return ReceiptReader.With(() => _keys.Trusted)(type, text);
        var letters = Encoding.ASCII.GetString(text.Span);
        if (_known.TryGetValue(letters, out var known)) return known.Type == type ? (known.Payload, null) : ([], "wrong-type");
        if (!takesAny || letters.Split(' ') is not [_, "forged", var forged]) return ([], "bad-signature");
        return (Convert.FromBase64String(forged), null);
    }

    /// <summary>Signed by the hub a moment ago.</summary>
    public void Know(string text, string type)
    {
        if (!isReal) _known[text] = (type, Payload(text));
    }

    /// <summary>As <see cref="SignedText.TryOpen"/>, for pushes and heads.</summary>
    public bool TryOpen(
        ReadOnlySpan<byte> text, string type, Func<string, VerifyingKey?> keyOf, out byte[] payload, out string? refusal)
    {
        var letters = Encoding.ASCII.GetString(text);
        if (_known.TryGetValue(letters, out var known) && known.Type == type && keyOf(_keys.Own.Public.Id) is not null)
        {
            (payload, refusal) = (known.Payload, null);
            return true;
        }

        if (SignedText.TryOpen(text, type, keyOf, out payload, out refusal)) return true;
        if (!takesAnyPush || letters.Count(letter => letter == '.') != 2 || !Base64Url.IsValid(Middle(letters))) return false;

        (payload, refusal) = (Payload(letters), null);
        return true;
    }

    static byte[] Payload(string text) => Base64Url.DecodeFromChars(Middle(text));

    static ReadOnlySpan<char> Middle(string text) => text.AsSpan((text.IndexOf('.') + 1)..text.LastIndexOf('.'));
}
