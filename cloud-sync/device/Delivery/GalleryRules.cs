using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// Which push may be taken, after its signature is found right: as clients of The Update Framework do (TUF 5.3 to 5.6), with
/// every check before anything of it is kept.
/// </summary>
sealed class GalleryRules(GalleryIntakeOptions options, GalleryPort port, TimeProvider time)
{
    /// <summary>Versions grow by one or by some; one that leaps leaves no room for those after it.</summary>
    public const long JumpMax = 1_000_000;

    /// <summary>What is signed in the future would make all that is signed until then seem old.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromHours(1);

    /// <summary>Null when it may be taken.</summary>
    public PushRefusal? Check(GalleryManifest manifest, GalleryInForce? inForce, GalleryFloor floor) =>
        Place(manifest.Gallery)
        ?? (manifest.BoxFor(port.Device) is null
            ? new PushRefusal("not-for-me", $"The push is for {manifest.Audience.Devices.Length} other devices; add {port.Device} to its audience.") : null)
        ?? Times(manifest.Issued, manifest.Expires)
        ?? Version(manifest, floor)
        ?? Content(manifest)
        ?? Base(manifest, inForce, floor);

    /// <summary>Null when it may be believed.</summary>
    public PushRefusal? Check(GalleryHead head, GalleryFloor floor) =>
        Place(head.Gallery) ?? Times(head.Issued, head.Expires)
        ?? (head.Version < floor.Version ? Old(head.Version, floor) : Jump(head.Version, floor));

    PushRefusal? Place(string gallery) => gallery == options.Gallery ? null
        : new PushRefusal("wrong-gallery", $"It is of the gallery {gallery}; this device takes {options.Gallery}. Change one of the two.");

    PushRefusal? Times(DateTimeOffset issued, DateTimeOffset expires)
    {
        if (!port.ClockTrusted())
        {
            return new PushRefusal("clock-untrusted",
                "Whether it has expired cannot be told: this device's clock is not believed. It is asked for again when it is.", IsTransient: true);
        }

        var now = time.GetUtcNow();
        return now >= expires ? new PushRefusal("expired", $"It expired at {expires.UtcDateTime:O}; here it is {now.UtcDateTime:O}. Sign it anew.")
            : issued - now > AheadMax ? new PushRefusal("not-yet", $"It was signed at {issued.UtcDateTime:O}; here it is {now.UtcDateTime:O}. Set the hub's clock, or this one.")
            : null;
    }

    static PushRefusal? Version(GalleryManifest manifest, GalleryFloor floor) =>
        manifest.Version < floor.Version ? Old(manifest.Version, floor)
        : manifest.Version == floor.Version && !manifest.State.Is(floor.Newest) ? new PushRefusal("old-version",
            $"There is another content under version {manifest.Version} already. Give this one the next number.")
        : Jump(manifest.Version, floor);

    static PushRefusal Old(long version, GalleryFloor floor) =>
        new("old-version", $"It is version {version}; this device has had {floor.Version}. Only a newer one is taken.");

    static PushRefusal? Jump(long version, GalleryFloor floor) => version - floor.Version <= JumpMax ? null
        : new PushRefusal("version-jump", $"Version {version} is more than {JumpMax} above {floor.Version}. Go up by less.");

    PushRefusal? Content(GalleryManifest manifest)
    {
        if (manifest.Model != port.Model())
        {
            return new PushRefusal("wrong-model",
                $"Its embeddings are of {manifest.Model}; this device compares those of {port.Model()}. Install that model, or press the gallery for this one.");
        }

        var bytes = (long)manifest.ChunkCount * GalleryChunk.BytesMax;
        return bytes <= options.StagedMegabytesMax * 1_000_000L ? null : new PushRefusal("too-large",
            $"It has {manifest.ChunkCount} chunks, up to {bytes} bytes; staged_megabytes_max is {options.StagedMegabytesMax}. Raise it, or make the gallery smaller.");
    }

    static PushRefusal? Base(GalleryManifest manifest, GalleryInForce? inForce, GalleryFloor floor)
    {
        if (manifest.Kind is PushKind.Full || (!floor.RolledBack && manifest.State.Is(floor.Newest))) return null; // in force already
        if (!floor.RolledBack && inForce is not null && inForce.Gallery == manifest.Gallery && inForce.State.Is(manifest.Previous)) return null;

        return new PushRefusal("wrong-base",
            $"It changes version {manifest.Previous?.Version}, and that very state is not in force here ({inForce?.Version ?? 0} is). Send a full push.",
            WantsFull: true);
    }
}
