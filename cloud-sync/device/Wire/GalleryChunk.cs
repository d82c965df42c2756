using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>A piece of a push; its hash stands in the manifest, and only that makes it good.</summary>
/// <param name="Manifest">SHA-256 of the manifest's payload: which push it belongs to.</param>
/// <param name="Index">From 0.</param>
/// <param name="Data">At most <see cref="BytesMax"/> bytes, the last 16 of them the tag.</param>
sealed record GalleryChunk(byte[] Manifest, int Index, byte[] Data)
{
    /// <summary>In base64 and with its frame it stays under <see cref="Topics.PayloadBytesMax"/>.</summary>
    public const int BytesMax = 46_000;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ChunkJson.Default.GalleryChunk);

    /// <summary>Null when it is none.</summary>
    public static GalleryChunk? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, ChunkJson.Default.GalleryChunk) is { Index: >= 0, Data.Length: <= BytesMax } chunk
            ? chunk : null;
}

/// <summary>
/// Seals the chunks of one push with AES-256-GCM under a content key that is used for this push and no other; the nonce is four
/// zero bytes and the index as eight, the associated text names gallery, version, index and count.
/// </summary>
static class ChunkCipher
{
    public const int KeyBytes = 32, TagBytes = 16, PlainBytesMax = GalleryChunk.BytesMax - TagBytes;

    /// <summary>What the content key's box is for; it is bound to <see cref="Bound"/>.</summary>
    public static ReadOnlySpan<byte> Purpose => "edgeface gallery 1"u8;

    public static byte[] Bound(string gallery, long version) => Encoding.ASCII.GetBytes($"{gallery}|{version}");

    public static byte[] Seal(AesGcm cipher, GalleryPlace place, ReadOnlySpan<byte> plain)
    {
        var chunk = new byte[plain.Length + TagBytes];
        cipher.Encrypt(Nonce(place.Index), plain, chunk.AsSpan(0, plain.Length), chunk.AsSpan(plain.Length), place.ToBytes());
        return chunk;
    }

    /// <summary>False when it is of another place or key, or a bit of it was changed.</summary>
    public static bool TryOpen(AesGcm cipher, GalleryPlace place, ReadOnlySpan<byte> chunk, Span<byte> plain)
    {
        if (chunk.Length != plain.Length + TagBytes) return false;

        try
        {
            cipher.Decrypt(Nonce(place.Index), chunk[..^TagBytes], chunk[^TagBytes..], plain, place.ToBytes());
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    static byte[] Nonce(int index)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), index);
        return nonce;
    }
}

/// <summary>Where a chunk stands in which push.</summary>
readonly record struct GalleryPlace(string Gallery, long Version, int Index, int Count)
{
    public byte[] ToBytes() => Encoding.ASCII.GetBytes($"edgeface chunk 1|{Gallery}|{Version}|{Index}|{Count}");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GalleryChunk))]
sealed partial class ChunkJson : JsonSerializerContext;
