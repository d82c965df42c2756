using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>Opens a signed text of a type; the refusal is null when it is good.</summary>
delegate (byte[] Payload, string? Refusal) OpenSigned(string type, ReadOnlyMemory<byte> text);

/// <summary>What comes on the channel of receipts: receipts and requests to send again, for this device, under a key that may.</summary>
sealed class ReceiptReader(string device, OpenSigned open)
{
    /// <summary>With the keys that are trusted at that moment.</summary>
    public static OpenSigned With(Func<TrustedKeys> keys) => (type, text) =>
        (SignedText.TryOpen(text.Span, type, keys().For(KeyRole.Receipt), out var payload, out var refusal) ? payload : [], refusal);

    /// <returns>Exactly one of the three.</returns>
    public (Receipt? Receipt, ResendRequest? Request, string? Refusal) Read(ReadOnlyMemory<byte> text)
    {
        var (payload, refusal) = open(Receipt.Type, text);
        if (refusal is null)
        {
            var receipt = Receipt.Parse(payload);
            return receipt is null ? (null, null, "malformed")
                : receipt.Device != device ? (null, null, "other-device") : (receipt, null, null);
        }

        if (refusal != "wrong-type") return (null, null, refusal);

        (payload, refusal) = open(ResendRequest.Type, text);
        if (refusal is not null) return (null, null, refusal);
        var request = ResendRequest.Parse(payload);
        return request is null ? (null, null, "malformed")
            : request.Device != device ? (null, null, "other-device") : (null, request, null);
    }
}
