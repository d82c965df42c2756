using System.Security.Cryptography;
using System.Text;
using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>A push, signed, sealed and cut: what is sent to a device, and sent again as it asks.</summary>
sealed class PressedGallery
{
    readonly byte[] _hash;

    /// <exception cref="FormatException">It does not fit: what to do stands in the message.</exception>
    public PressedGallery(GalleryManifest manifest, IReadOnlyList<byte[]> chunks, SigningKey key)
    {
        (Manifest, Chunks) = (manifest, chunks);
        var payload = manifest.ToJson();
        _hash = SHA256.HashData(payload);
        Text = SignedText.Sign(GalleryManifest.Type, payload, key);
        if (Text.Length > Topics.PayloadBytesMax)
        {
            throw new FormatException(
                $"The manifest of {chunks.Count} chunks for {manifest.Audience.Devices.Length} devices has {Text.Length} bytes; {Topics.PayloadBytesMax} fit a message. "
                + "Press it for fewer devices at once (a chunk takes 57 bytes, a device some 250), or divide the gallery.");
        }
    }

    public GalleryManifest Manifest { get; }

    /// <summary>SHA-256 of the manifest's payload: how devices call this push.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The signed text.</summary>
    public string Text { get; }

    public IReadOnlyList<byte[]> Chunks { get; }

    public DownMessage Announcement => new(DownChannel.Manifests, Encoding.ASCII.GetBytes(Text));

    public DownMessage Chunk(int index) => new(DownChannel.Chunks, new GalleryChunk(_hash, index, Chunks[index]).ToJson());

    /// <summary>All of it, in order.</summary>
    public IEnumerable<DownMessage> Messages() => Enumerable.Range(0, Chunks.Count).Select(Chunk).Prepend(Announcement);

    /// <summary>
    /// What a report asks for of this push: the chunks that it names, or all of it where the device is not there yet and is not
    /// gathering it. Nothing where it has it, or a delta does not help it.
    /// </summary>
    public IEnumerable<DownMessage> Answer(GalleryReport report)
    {
        if (report.Wanting is { } wanting && wanting.Manifest.AsSpan().SequenceEqual(_hash))
        {
            return wanting.Ranges.Take(WantedChunks.RangesMax)
                .SelectMany(range => Enumerable.Range(0, Chunks.Count).Where(index => index >= range.First && index <= range.Last))
                .Distinct().Select(Chunk);
        }

        var has = report.Gallery == Manifest.Gallery && !report.RolledBack && report.Version >= Manifest.Version;
        return has || !Fits(report) ? [] : Messages();
    }

    bool Fits(GalleryReport report) => report.Gallery == Manifest.Gallery
        && (Manifest.Kind is PushKind.Full || (!report.WantsFull && Manifest.Previous is { } before && before.Is(new GalleryState(report.Version, report.Content))));
}
