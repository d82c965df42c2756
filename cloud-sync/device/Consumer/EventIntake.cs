using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>
/// The far end of events: a batch is kept for good, and only then receipted, what was there before as well. Used by one thread
/// at a time.
/// </summary>
/// <param name="keep">Keeps all of them or none, durably, each once; says how many were new. What it throws leaves no receipt.</param>
/// <param name="sign">A payload of a type, as a signed text; see <see cref="With"/>.</param>
/// <param name="time">Stamps receipts.</param>
sealed class EventIntake(
    Func<IReadOnlyList<OutboxEvent>, int> keep, Func<string, byte[], string> sign, TimeProvider time)
{
    readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);

    /// <summary>Hears of what is new, where holes are asked for.</summary>
    public HoleWatch? Holes { get; init; }

    /// <summary>Events that were new.</summary>
    public long Kept { get; private set; }

    /// <summary>Events that were there before: receipted again.</summary>
    public long Again { get; private set; }

    /// <summary>Events, or whole messages, that were refused, by the reason's code.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>Signs with a key that has the role receipt.</summary>
    public static Func<string, byte[], string> With(SigningKey key) => (type, payload) => SignedText.Sign(type, payload, key);

    /// <returns>The receipt for the device's channel of receipts; null when there was nothing good in the message.</returns>
    public string? Take(string device, ReadOnlyMemory<byte> payload)
    {
        var events = EventBatch.Read(payload, device, out var refusals);
        foreach (var code in refusals) _refused[code] = _refused.GetValueOrDefault(code) + 1;
        if (events.Count == 0) return null;

        var added = keep(events);
        (Kept, Again) = (Kept + added, Again + events.Count - added);
        if (added > 0) Holes?.Heard(device, events);
        var receipt = new Receipt(device, SeqRange.Of(events.Select(what => what.Key)), time.GetUtcNow());
        return sign(Receipt.Type, receipt.ToJson());
    }
}
