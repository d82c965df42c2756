using EdgeFace.Matching;
using EdgeFace.Storage;

namespace EdgeFace.Subjects;

/// <summary>
/// Whose card that is. One hash for each key in use, which is one for each device that ever gave out cards, then a look-up.
/// </summary>
sealed class CardBook
{
    readonly Dictionary<string, (byte[] Key, Dictionary<string, SubjectId?> Owners)> _byKey = new(StringComparer.Ordinal);

    public CardBook(IEnumerable<Subject> subjects)
    {
        foreach (var subject in subjects)
            foreach (var card in subject.Cards ?? []) Add(card, subject.Id);
    }

    /// <summary>The key under which this device keeps cards.</summary>
    public static byte[] KeyOf(SealingKey key) => key.Sign("edgeface cards 1"u8);

    /// <summary>Null when it is nobody's, no number, or two people's: then it says nothing of who holds it.</summary>
    public SubjectId? Find(string? text)
    {
        if (!CardHash.TryNormalise(text, out var number)) return null;

        foreach (var (key, owners) in _byKey.Values)
        {
            if (owners.TryGetValue(Convert.ToHexString(CardHash.HashOf(number, key)), out var owner)) return owner;
        }

        return null;
    }

    void Add(CardHash card, SubjectId owner)
    {
        var key = Convert.ToHexString(card.Key);
        if (!_byKey.TryGetValue(key, out var page)) _byKey[key] = page = (card.Key, new(StringComparer.Ordinal));
        var hash = Convert.ToHexString(card.Hash);
        page.Owners[hash] = page.Owners.TryGetValue(hash, out var other) && other != owner ? null : owner;
    }
}
