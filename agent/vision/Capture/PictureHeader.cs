namespace EdgeFace.Capture;

/// <summary>What a picture says of itself before it is decoded. The whole of its structure has been walked.</summary>
/// <param name="Format">JPEG or PNG.</param>
/// <param name="Width">Pixels, as stored: before <paramref name="Orientation"/> is applied.</param>
/// <param name="Height">Pixels, as stored.</param>
/// <param name="BitsPerSample">8, or 1, 2, 4 and 16 for PNG.</param>
/// <param name="HasAlpha">The pixels are not all opaque, or may not be.</param>
/// <param name="Orientation">Exif's, 1..8; 1 is upright.</param>
readonly record struct PictureHeader(
    MediaFormat Format,
    int Width,
    int Height,
    int BitsPerSample,
    bool HasAlpha,
    int Orientation)
{
    /// <exception cref="PictureException">Not a JPEG or PNG, too large, cut off or damaged.</exception>
    public static PictureHeader Read(ReadOnlySpan<byte> file, string name, PictureLimits limits)
    {
        if (file.IsEmpty)
            throw new PictureException(PictureFault.Empty, $"{name} is empty: 0 bytes. Copy it again from its source.");

        limits.CheckFile(name, file.Length);
        return MediaFormats.Of(file) switch
        {
            MediaFormat.Jpeg => JpegStructure.Walk(file, name, limits),
            MediaFormat.Png => PngStructure.Walk(file, name, limits),
            var other => throw Foreign(name, other),
        };
    }

    public static PictureException Foreign(string name, MediaFormat found) => new(PictureFault.Foreign,
        $"{name} is {MediaFormats.Describe(found)}, not a JPEG or PNG picture. " + (MediaFormats.IsVideo(found)
            ? "Use it as a video, or save one frame of it as JPEG or PNG."
            : "Save it as JPEG or PNG; renaming the file does not convert it."));

    public static PictureException Truncated(string name, long at, string wanted) => new(PictureFault.Truncated,
        $"{name} is cut off at byte {at:N0}: {wanted}. Copy it again from its source.");

    public static PictureException Damaged(string name, string what, Exception? inner = null) => new(
        PictureFault.Damaged,
        $"{name} is damaged: {what}. Copy it again from its source, or save it anew as JPEG or PNG.", inner);
}
