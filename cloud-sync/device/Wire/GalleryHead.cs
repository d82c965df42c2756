using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>
/// Which state of a gallery is the newest, signed with the role enrollment and said again and again: a broker that keeps pushes
/// back would have to keep heads back, too, and that is noticed.
/// </summary>
/// <param name="Gallery">Which.</param>
/// <param name="Version">The newest.</param>
/// <param name="Content">Its, see <see cref="GalleryState"/>.</param>
/// <param name="Issued">When this was true.</param>
/// <param name="Expires">From when on it is refused.</param>
sealed record GalleryHead(string Gallery, long Version, byte[] Content, DateTimeOffset Issued, DateTimeOffset Expires)
{
    public const string Type = "edgeface-head";

    [JsonIgnore]
    public GalleryState State => new(Version, Content);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, HeadJson.Default.GalleryHead);

    /// <exception cref="FormatException">It is no such document.</exception>
    public static GalleryHead Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, HeadJson.Default.GalleryHead) is { } head && head.State.IsWellFormed
                && Topics.IsDevice(head.Gallery) && head.Issued < head.Expires
                ? head
                : throw new FormatException("It is no head: its gallery, version, content or times are none.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"It is no head: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GalleryHead))]
sealed partial class HeadJson : JsonSerializerContext;
