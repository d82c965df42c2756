using System.Security.Cryptography;
using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>A device that a push is for.</summary>
/// <param name="Device">Its name.</param>
/// <param name="SealingKey">SubjectPublicKeyInfo on P-256, of its <see cref="DeviceIdentity"/>.</param>
sealed record PressRecipient(string Device, byte[] SealingKey);

/// <summary>Makes pushes of one gallery: what people there are goes in, what is sent comes out. It keeps nothing.</summary>
/// <param name="gallery">Its name.</param>
/// <param name="model">Of all embeddings.</param>
/// <param name="key">Has the role enrollment.</param>
/// <param name="time">Stamps what is signed.</param>
sealed class GalleryPress(string gallery, string model, SigningKey key, TimeProvider time)
{
    /// <summary>For how long a push may be applied, when nothing else is said.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>For how long a head is believed.</summary>
    public static readonly TimeSpan HeadLifetime = TimeSpan.FromHours(24);

    /// <summary>The state of those people under that version.</summary>
    public static GalleryState StateOf(IEnumerable<PersonRecord> people, long version) => new(
        version, GalleryState.ContentOf(people.Select(record => KeyValuePair.Create(record.Person.Number, record.Digest))));

    /// <summary>Everybody.</summary>
    /// <param name="people">All of the model; no id twice.</param>
    /// <param name="version">Larger than any before; the same only for the same people.</param>
    /// <param name="audience">1 to <see cref="GalleryManifest.RecipientsMax"/>.</param>
    /// <param name="lifetime">See <see cref="Lifetime"/>.</param>
    /// <exception cref="FormatException">It does not fit.</exception>
    public PressedGallery Full(
        IReadOnlyCollection<PersonRecord> people, long version, IReadOnlyCollection<PressRecipient> audience, TimeSpan? lifetime = null) =>
        Press(
            PushKind.Full, null, StateOf(people, version), people.Count, people.Sum(record => record.Person.Templates.Length),
            people.Select(record => record.ToBytes()), audience, lifetime);

    /// <summary>What makes the people of one state into those of the next.</summary>
    /// <param name="before">As they were under <paramref name="previous"/>.</param>
    /// <param name="previous">That version.</param>
    /// <param name="people">As they are to be.</param>
    /// <param name="version">Larger than that.</param>
    /// <param name="audience">1 to <see cref="GalleryManifest.RecipientsMax"/>.</param>
    /// <param name="lifetime">See <see cref="Lifetime"/>.</param>
    /// <exception cref="FormatException">It does not fit.</exception>
    public PressedGallery Delta(
        IReadOnlyCollection<PersonRecord> before, long previous, IReadOnlyCollection<PersonRecord> people, long version,
        IReadOnlyCollection<PressRecipient> audience, TimeSpan? lifetime = null)
    {
        var known = before.ToDictionary(record => record.Person.Id, record => record.Digest);
        var stay = people.Select(record => record.Person.Id).ToHashSet(StringComparer.Ordinal);
        return Change(
            StateOf(before, previous), StateOf(people, version), people.Count, people.Sum(record => record.Person.Templates.Length),
            people.Where(record => !known.TryGetValue(record.Person.Id, out var digest) || !digest.AsSpan().SequenceEqual(record.Digest)),
            known.Keys.Where(id => !stay.Contains(id)), audience, lifetime);
    }

    /// <summary>The same for whoever knows the two states, and has at hand only those who make the difference.</summary>
    /// <param name="previous">It starts from this state.</param>
    /// <param name="next">What comes of it.</param>
    /// <param name="people">How many there are then.</param>
    /// <param name="templates">Theirs.</param>
    /// <param name="changed">Who is new or other than before.</param>
    /// <param name="removed">Ids of those who are to go; of some who never were there it does no harm.</param>
    /// <param name="audience">1 to <see cref="GalleryManifest.RecipientsMax"/>.</param>
    /// <param name="lifetime">See <see cref="Lifetime"/>.</param>
    /// <exception cref="FormatException">It does not fit.</exception>
    public PressedGallery Change(
        GalleryState previous, GalleryState next, int people, int templates, IEnumerable<PersonRecord> changed, IEnumerable<string> removed,
        IReadOnlyCollection<PressRecipient> audience, TimeSpan? lifetime = null) => Press(
            PushKind.Delta, previous, next, people, templates, removed.Select(PersonRecord.Removal).Concat(changed.Select(record => record.ToBytes())),
            audience, lifetime);

    /// <summary>Says that a state is the newest; signed text of the channel heads.</summary>
    public string Head(GalleryState newest, TimeSpan? lifetime = null)
    {
        var now = time.GetUtcNow();
        return SignedText.Sign(
            GalleryHead.Type, new GalleryHead(gallery, newest.Version, newest.Content, now, now + (lifetime ?? HeadLifetime)).ToJson(), key);
    }

    PressedGallery Press(
        PushKind kind, GalleryState? previous, GalleryState next, int people, int templates, IEnumerable<byte[]> records,
        IReadOnlyCollection<PressRecipient> audience, TimeSpan? lifetime)
    {
        var contentKey = RandomNumberGenerator.GetBytes(ChunkCipher.KeyBytes);
        try
        {
            var chunks = Chunks(next.Version, Cut(records), contentKey);
            var bound = ChunkCipher.Bound(gallery, next.Version);
            var boxes = audience.Select(each => new GalleryRecipient(
                each.Device, SealedBox.Seal(contentKey, each.SealingKey, ChunkCipher.Purpose, bound)));
            var now = time.GetUtcNow();
            var manifest = new GalleryManifest(
                gallery, new GalleryAudience([.. boxes]), next.Version, kind, next.Content, model, people, templates, now, now + (lifetime ?? Lifetime),
                [.. chunks.SelectMany(SHA256.HashData)], previous);
            return new PressedGallery(GalleryManifest.Parse(manifest.ToJson()), chunks, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    /// <summary>Pieces as large as a chunk allows; a record may lie in two of them.</summary>
    static List<byte[]> Cut(IEnumerable<byte[]> records)
    {
        var (pieces, piece, filled) = (new List<byte[]>(), new byte[ChunkCipher.PlainBytesMax], 0);
        foreach (var record in records)
        {
            for (var read = 0; read < record.Length;)
            {
                var part = Math.Min(record.Length - read, piece.Length - filled);
                record.AsSpan(read, part).CopyTo(piece.AsSpan(filled));
                (read, filled) = (read + part, filled + part);
                if (filled < piece.Length) continue;

                pieces.Add(piece);
                (piece, filled) = (new byte[ChunkCipher.PlainBytesMax], 0);
            }
        }

        if (filled > 0) pieces.Add(piece[..filled]);
        return pieces;
    }

    List<byte[]> Chunks(long version, List<byte[]> pieces, byte[] contentKey)
    {
        using var cipher = new AesGcm(contentKey, ChunkCipher.TagBytes);
        return [.. pieces.Select((piece, index) => ChunkCipher.Seal(cipher, new GalleryPlace(gallery, version, index, pieces.Count), piece))];
    }
}
