using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>
/// What a device says of its gallery; not signed: whoever forges it gets chunks sent that he cannot read. The hub answers one
/// that is behind with the next push, one that wants chunks with these, and one that wants a full push with that.
/// </summary>
/// <param name="Gallery">Which it takes.</param>
/// <param name="Model">Whose embeddings it can compare.</param>
/// <param name="Version">In force; 0: none.</param>
/// <param name="Content">Its.</param>
/// <param name="People">The hub's, as in force.</param>
/// <param name="Templates">Theirs.</param>
/// <param name="WantsFull">No delta helps: there is nothing in force, or another state than the hub's.</param>
/// <param name="RolledBack">The gallery's file is older than what the device remembers to have had.</param>
/// <param name="Wanting">Which chunks are missing.</param>
/// <param name="Refused">The latest, at most <see cref="RefusedMax"/>.</param>
/// <param name="LeftOut">People who are enrolled and whose faces its doors do not search, since there are too many.</param>
sealed record GalleryReport(
    string Gallery, string Model, long Version, byte[] Content, int People, int Templates, bool WantsFull, bool RolledBack,
    WantedChunks? Wanting, RefusedPush[] Refused, int LeftOut = 0)
{
    public const int RefusedMax = 16;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Default.GalleryReport);

    /// <summary>Null when it is none.</summary>
    public static GalleryReport? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, ReportJson.Default.GalleryReport) is
        {
            Gallery: not null, Model: not null, Content: not null, Refused.Length: <= RefusedMax,
            Wanting: null or { Manifest: not null, Ranges.Length: <= WantedChunks.RangesMax },
        } report
            && report.Refused.All(each => each is { Code: not null, Message: not null })
            && report.Wanting?.Ranges.All(each => each is not null) is not false
            ? report : null;
}

/// <param name="Manifest">SHA-256 of its payload.</param>
/// <param name="Ranges">First and last index of each run, at most <see cref="RangesMax"/>; the rest is asked for later.</param>
sealed record WantedChunks(byte[] Manifest, ChunkRange[] Ranges)
{
    public const int RangesMax = 200;
}

/// <summary>Both ends are in it.</summary>
sealed record ChunkRange(int First, int Last);

/// <param name="Code">For machines, see the protocol.</param>
/// <param name="Message">For people: what happened, the value, the limit, what to do.</param>
/// <param name="Manifest">SHA-256 of the payload, where its signature was right.</param>
/// <param name="Version">Likewise.</param>
sealed record RefusedPush(string Code, string Message, byte[]? Manifest = null, long? Version = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GalleryReport))]
sealed partial class ReportJson : JsonSerializerContext;
