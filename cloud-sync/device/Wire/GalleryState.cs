using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EdgeFace.Wire;

/// <summary>
/// Which people the hub wants, as one number and one hash: the same for whoever came there by a full push and for whoever came
/// by deltas, so that a full push may mend what a delta had made.
/// </summary>
/// <param name="Version">1 to <see cref="WireLimits.VersionMax"/>.</param>
/// <param name="Content">32 bytes, <see cref="ContentOf"/>.</param>
sealed record GalleryState(long Version, byte[] Content)
{
    public const int ContentBytes = SHA256.HashSizeInBytes;

    public bool IsWellFormed => Version is >= 1 and <= WireLimits.VersionMax && Content.Length == ContentBytes;

    public bool Is(GalleryState? other) => other is not null && other.Version == Version && Content.AsSpan().SequenceEqual(other.Content);

    /// <summary>
    /// SHA-256 over "edgeface gallery content 1" and then, in the order of ids, the 16 bytes of each person's id and the 32 of
    /// <see cref="PersonRecord.Digest"/>.
    /// </summary>
    public static byte[] ContentOf(IEnumerable<KeyValuePair<Guid, byte[]>> people)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("edgeface gallery content 1"u8);
        Span<byte> id = stackalloc byte[16];
        var sorted = people.Select(each => (Id: Words(each.Key), each)).OrderBy(each => each.Id.High).ThenBy(each => each.Id.Low);
        foreach (var (_, person) in sorted)
        {
            person.Key.TryWriteBytes(id, bigEndian: true, out _);
            hash.AppendData(id);
            hash.AppendData(person.Value);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>As two numbers that sort as the printed digits do.</summary>
    static (ulong High, ulong Low) Words(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
