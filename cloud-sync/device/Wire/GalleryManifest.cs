using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>What a push brings. Zero is the one that needs nothing before it.</summary>
public enum PushKind
{
    /// <summary>Everybody: whoever is not in it is the hub's no more.</summary>
    [JsonStringEnumMemberName("full")]
    Full,

    /// <summary>What has changed since one state, and nothing to any other.</summary>
    [JsonStringEnumMemberName("delta")]
    Delta,
}

/// <summary>What a gallery push is made of, for whom, and what comes of it; signed with the role enrollment.</summary>
/// <param name="Gallery">1 to 64 letters, digits, dots, dashes and underscores.</param>
/// <param name="Audience">For whom.</param>
/// <param name="Version">1 to <see cref="WireLimits.VersionMax"/>, larger than all before.</param>
/// <param name="Kind">All of it, or a change.</param>
/// <param name="Content">Of the state after it, see <see cref="GalleryState"/>.</param>
/// <param name="Model">Of all embeddings, 1 to 128 characters.</param>
/// <param name="People">The hub's, after it.</param>
/// <param name="Templates">Theirs.</param>
/// <param name="Issued">When it was signed.</param>
/// <param name="Expires">From when on it is refused.</param>
/// <param name="Chunks">SHA-256 of each chunk's bytes as they are sent, one behind the other; none when nothing changes.</param>
/// <param name="Previous">Of a delta only: the state it starts from.</param>
sealed record GalleryManifest(
    string Gallery, GalleryAudience Audience, long Version, PushKind Kind, byte[] Content, string Model, int People, int Templates,
    DateTimeOffset Issued, DateTimeOffset Expires, byte[] Chunks, GalleryState? Previous = null)
{
    public const string Type = "edgeface-manifest";
    public const int RecipientsMax = 200;
    public const int ModelLettersMax = 128;

    [JsonIgnore]
    public GalleryState State => new(Version, Content);

    [JsonIgnore]
    public int ChunkCount => Chunks.Length / SHA256.HashSizeInBytes;

    /// <param name="index">0 to <see cref="ChunkCount"/> - 1.</param>
    public ReadOnlySpan<byte> HashOf(int index) => Chunks.AsSpan(index * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);

    /// <summary>The sealed content key; null when it is not for that device.</summary>
    public byte[]? BoxFor(string device) => Audience.Devices.FirstOrDefault(each => each.Device == device)?.Box;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.GalleryManifest);

    /// <exception cref="FormatException">It is no such document; the message says what is wrong with it.</exception>
    public static GalleryManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.GalleryManifest);
            return manifest?.Fault() is { } fault ? throw new FormatException(fault)
                : manifest ?? throw new FormatException("There is nothing in it.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"It is no manifest: {e.Message}", e);
        }
    }

    string? Fault() =>
        !Topics.IsDevice(Gallery) ? "A gallery is named with 1 to 64 letters, digits, dots, dashes and underscores."
        : !State.IsWellFormed ? $"A version is 1 to {WireLimits.VersionMax} with 32 bytes of content; this one is {Version}."
        : !Enum.IsDefined(Kind) || Kind is PushKind.Delta != Previous is not null ? "A delta, and nothing else, has a previous state."
        : Previous is { } before && (!before.IsWellFormed || before.Version >= Version) ? "A delta starts from a smaller version."
        : Model.Length is 0 or > ModelLettersMax ? $"A model's id has 1 to {ModelLettersMax} characters."
        : People < 0 || Templates < People ? "There are at least as many templates as people, and none less than nobody."
        : Expires <= Issued ? "It expires before it is issued."
        : Chunks.Length % SHA256.HashSizeInBytes != 0 ? "The chunks' hashes are 32 bytes each."
        : Audience.Fault();
}

/// <param name="Devices">1 to <see cref="GalleryManifest.RecipientsMax"/>, no name twice.</param>
/// <param name="Group">What the hub calls them together; says nothing to a device.</param>
sealed record GalleryAudience(GalleryRecipient[] Devices, string? Group = null)
{
    public string? Fault() =>
        Devices.Length is 0 or > GalleryManifest.RecipientsMax ? $"A push is for 1 to {GalleryManifest.RecipientsMax} devices, not {Devices.Length}."
        : Devices.Any(each => each is null || !Topics.IsDevice(each.Device)) ? "A recipient's name is none."
        : Devices.DistinctBy(each => each.Device, StringComparer.Ordinal).Count() < Devices.Length ? "A recipient is named twice."
        : Group is not null && !Topics.IsDevice(Group) ? "A group is named as a device is."
        : null;
}

/// <param name="Device">Its name.</param>
/// <param name="Box">The 32 bytes of the content key, sealed to its sealing key, see <see cref="ChunkCipher"/>.</param>
sealed record GalleryRecipient(string Device, byte[] Box);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GalleryManifest))]
sealed partial class ManifestJson : JsonSerializerContext;
