using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// Reads JPEG and PNG pictures, told apart by content, into 8-bit BGR frames: grey, palette, 16-bit, progressive,
/// interlaced and Adobe CMYK included. Exif orientation is applied, what shines through is laid over white, colour
/// profiles are not applied. Nothing is decoded before the header has been found within the limits and the file
/// complete; that its data lead to every pixel is not known before they are decoded, and the decoder fills in grey what a
/// JPEG that was cut and given an end anew does not hold. The decoded 8-bit pictures of a face are wiped before their memory is
/// given back; what the decoder needs within and the file's bytes are not.
/// </summary>
public static class PictureReader
{
    /// <returns>A frame of its own memory, upright; the caller disposes it.</returns>
    /// <exception cref="PictureException">
    /// Missing, a folder, not readable, empty, of another format, cut off, damaged, or over a limit; the message says
    /// what to do.
    /// </exception>
    public static Frame Read(string path, PictureLimits? limits = null)
    {
        limits ??= PictureLimits.Default;
        using var file = MediaFile.Open(path);
        var format = MediaFile.FormatOf(file);
        if (format is not (MediaFormat.Jpeg or MediaFormat.Png)) throw PictureHeader.Foreign(path, format);

        limits.CheckFile(path, file.Length);
        var bytes = GC.AllocateUninitializedArray<byte>((int)file.Length);
        return Read(bytes.AsSpan(0, MediaFile.ReadAt(file, 0, bytes)), path, limits);
    }

    /// <summary>The same from memory: the bytes of a JPEG or PNG file.</summary>
    /// <inheritdoc cref="Read(string, PictureLimits?)"/>
    public static Frame Read(ReadOnlySpan<byte> bytes, PictureLimits? limits = null) =>
        Read(bytes, "The picture", limits ?? PictureLimits.Default);

    static Frame Read(ReadOnlySpan<byte> bytes, string name, PictureLimits limits)
    {
        var header = PictureHeader.Read(bytes, name, limits);
        QuietDecoders.Ensure();
        try
        {
            if (header.Format == MediaFormat.Png) bytes = PngStructure.WithoutOrnaments(bytes);
            using var stored = Decode(bytes, header);
            using var wiped = new WipedMat(stored);
            if (stored.Width != header.Width || stored.Height != header.Height)
                throw PictureHeader.Damaged(name, $"its {header.Width} x {header.Height} pixels cannot be decoded");

            return ToFrame(stored, header.Orientation);
        }
        catch (OpenCVException e)
        {
            throw PictureHeader.Damaged(name, $"its {header.Width} x {header.Height} pixels cannot be decoded", e);
        }
    }

    /// <summary>
    /// 8-bit BGR as stored. What the decoder would drop (alpha, the lower byte) is asked for and brought over here.
    /// </summary>
    static Mat Decode(ReadOnlySpan<byte> bytes, in PictureHeader header)
    {
        if (header is { HasAlpha: false, BitsPerSample: <= 8 })
            return Cv2.ImDecode(bytes, ImreadModes.Color | ImreadModes.IgnoreOrientation);

        var picture = Cv2.ImDecode(bytes, ImreadModes.Unchanged);
        if (picture.Empty()) return picture;

        using (picture)
        using (new WipedMat(picture))
        {
            if (picture.Depth() == MatType.CV_16U) picture.ConvertTo(picture, MatType.CV_8U, 1 / 257.0);
            if (picture.Channels() == 4) LayOverWhite(picture);

            var code = picture.Channels() == 1 ? ColorConversionCodes.GRAY2BGR : ColorConversionCodes.BGRA2BGR;
            return picture.Channels() == 3 ? picture.Clone() : picture.CvtColor(code);
        }
    }

    static void LayOverWhite(Mat picture)
    {
        var height = picture.Height;
        for (var y = 0; y < height; y++)
        {
            foreach (ref var pixel in picture.RowSpan<Vec4b>(y))
            {
                var white = (255 - pixel.Item3) * 255 + 127; // half of the divisor: rounded, not cut
                pixel = new Vec4b(
                    (byte)((pixel.Item0 * pixel.Item3 + white) / 255),
                    (byte)((pixel.Item1 * pixel.Item3 + white) / 255),
                    (byte)((pixel.Item2 * pixel.Item3 + white) / 255),
                    byte.MaxValue);
            }
        }
    }

    static Frame ToFrame(Mat stored, int orientation)
    {
        var swaps = ExifOrientation.SwapsSides(orientation);
        var frame = swaps ? Frame.Allocate(stored.Height, stored.Width) : Frame.Allocate(stored.Width, stored.Height);
        using var upright = frame.AsMat();
        ExifOrientation.Apply(orientation, stored, upright);
        return frame;
    }
}
