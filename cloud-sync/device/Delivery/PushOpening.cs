using System.Security.Cryptography;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>Opens the chunks of a push that is whole, and reads what is in them, strictly.</summary>
sealed class PushOpening(ChunkShelf shelf, GalleryManifest manifest, string device, ECDiffieHellman sealingKey)
{
    /// <summary>A chunk whose file is not what it was; null: none.</summary>
    public int? Damaged { get; private set; }

    /// <summary>A push, or why it is none; neither where <see cref="Damaged"/> says so.</summary>
    public (GalleryPush? Push, PushRefusal? Refusal) Open()
    {
        if (Key() is not { } key)
            return (null, new PushRefusal("not-sealed-to-me", $"The box for {device} does not open with its sealing key. Read its identity anew, and press the push again."));

        try
        {
            using var cipher = new AesGcm(key, ChunkCipher.TagBytes);
            var content = Content(cipher);
            return content is null ? (null, null) : (Read(content.Value), null);
        }
        catch (FormatException e)
        {
            return (null, new PushRefusal("bad-content", e.Message));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    byte[]? Key() => SealedBox.Open(
        manifest.BoxFor(device), sealingKey, ChunkCipher.Purpose, ChunkCipher.Bound(manifest.Gallery, manifest.Version)) is { Length: ChunkCipher.KeyBytes } key
        ? key : null;

    ReadOnlyMemory<byte>? Content(AesGcm cipher)
    {
        var content = new byte[manifest.ChunkCount * ChunkCipher.PlainBytesMax];
        var length = 0;
        for (var index = 0; index < manifest.ChunkCount; index++)
        {
            // What was checked when it came may have been changed on the disk since: nothing is opened that is not checked now.
            if (shelf.Read(index) is not { } chunk)
            {
                Damaged = index;
                return null;
            }

            var plain = chunk.Length - ChunkCipher.TagBytes;
            var place = new GalleryPlace(manifest.Gallery, manifest.Version, index, manifest.ChunkCount);
            if (plain < 0 || !ChunkCipher.TryOpen(cipher, place, chunk, content.AsSpan(length, plain)))
                throw new FormatException($"Chunk {index} of {manifest.ChunkCount} does not open with the content key.");
            length += plain;
        }

        return content.AsMemory(0, length);
    }

    GalleryPush Read(ReadOnlyMemory<byte> content)
    {
        var people = new List<PersonRecord>();
        var removed = new List<Guid>();
        var seen = new HashSet<Guid>();
        while (!content.IsEmpty)
        {
            var (person, gone) = PersonRecord.Read(ref content);
            if (!seen.Add(person?.Person.Number ?? gone)) throw new FormatException("A person is in the push twice.");
            if (person?.Person.Templates.Any(template => template.Model != manifest.Model) == true)
                throw new FormatException($"A template is not of {manifest.Model}, of which the manifest says it is.");

            if (person is not null) people.Add(person);
            else removed.Add(gone);
        }

        if (manifest.Kind is PushKind.Full && removed.Count > 0) throw new FormatException("A full push removes nobody by name.");
        return new GalleryPush(manifest, people, removed);
    }
}
