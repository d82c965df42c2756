using System.Buffers.Binary;

namespace EdgeFace.Capture;

/// <summary>What the first bytes of a file say that it is; its name is never asked.</summary>
enum MediaFormat
{
    Unknown,
    Text,
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
    Tiff,
    Heic,
    Avif,
    Jpeg2000,
    JpegXl,
    Icon,
    Photoshop,
    Pdf,
    Archive,
    Mp4,
    Matroska,
    Avi,
    Flash,
    Asf,
    MpegStream,
    Ogg,
}

static class MediaFormats
{
    /// <summary>Enough of a file for <see cref="Of"/>.</summary>
    public const int HeadBytes = 192;

    public static MediaFormat Of(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => MediaFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => MediaFormat.Png,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => MediaFormat.Gif,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, .. var form] => OfRiff(form),
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', .. var brands] => OfBrands(head, brands),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => MediaFormat.Matroska,
        [0xFF, 0x4F, 0xFF, 0x51, ..] or [0, 0, 0, 12, (byte)'j', (byte)'P', ..] => MediaFormat.Jpeg2000,
        [0xFF, 0x0A, ..] or [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', ..] => MediaFormat.JpegXl,
        [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => MediaFormat.Tiff,
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => MediaFormat.Bmp,
        [0, 0, 1 or 2, 0, not 0, 0, ..] => MediaFormat.Icon,
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => MediaFormat.Photoshop,
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => MediaFormat.Pdf,
        [(byte)'P', (byte)'K', 3, 4, ..] or [0x1F, 0x8B, ..] => MediaFormat.Archive,
        [(byte)'F', (byte)'L', (byte)'V', 1, ..] => MediaFormat.Flash,
        [0x30, 0x26, 0xB2, 0x75, ..] => MediaFormat.Asf,
        [0, 0, 1, 0xBA or 0xB3, ..] => MediaFormat.MpegStream,
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => MediaFormat.Ogg,
        _ when head.Length > 188 && head[0] == 0x47 && head[188] == 0x47 => MediaFormat.MpegStream,
        _ when StartsWithQuickTimeBox(head) => MediaFormat.Mp4,
        _ => IsText(head) ? MediaFormat.Text : MediaFormat.Unknown,
    };

    public static bool IsVideo(MediaFormat format) => format is MediaFormat.Gif or >= MediaFormat.Mp4;

    /// <summary>With its article, for a message.</summary>
    public static string Describe(MediaFormat format) => format switch
    {
        MediaFormat.Text => "text",
        MediaFormat.Jpeg => "a JPEG picture",
        MediaFormat.Png => "a PNG picture",
        MediaFormat.Gif => "a GIF",
        MediaFormat.WebP => "a WebP picture",
        MediaFormat.Bmp => "a BMP picture",
        MediaFormat.Tiff => "a TIFF picture",
        MediaFormat.Heic => "a HEIC picture",
        MediaFormat.Avif => "an AVIF picture",
        MediaFormat.Jpeg2000 => "a JPEG 2000 picture",
        MediaFormat.JpegXl => "a JPEG XL picture",
        MediaFormat.Icon => "an icon",
        MediaFormat.Photoshop => "a Photoshop document",
        MediaFormat.Pdf => "a PDF document",
        MediaFormat.Archive => "an archive",
        MediaFormat.Mp4 => "an MP4 or QuickTime video",
        MediaFormat.Matroska => "a WebM or Matroska video",
        MediaFormat.Avi => "an AVI video",
        MediaFormat.Flash => "a Flash video",
        MediaFormat.Asf => "a Windows Media video",
        MediaFormat.MpegStream => "an MPEG stream",
        MediaFormat.Ogg => "an Ogg file",
        _ => "of no format that is known here",
    };

    static MediaFormat OfRiff(ReadOnlySpan<byte> form) => form switch
    {
        [(byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => MediaFormat.WebP,
        [(byte)'A', (byte)'V', (byte)'I', (byte)' ', ..] => MediaFormat.Avi,
        _ => MediaFormat.Unknown,
    };

    /// <summary>
    /// Phone pictures and videos share one container: the brands (ISO/IEC 14496-12, 4.3) tell them apart.
    /// </summary>
    static MediaFormat OfBrands(ReadOnlySpan<byte> head, ReadOnlySpan<byte> brands)
    {
        var box = BinaryPrimitives.ReadUInt32BigEndian(head);
        brands = brands[..(int)Math.Min((uint)brands.Length, Math.Max(box, 8) - 8)];
        for (; brands.Length >= 4; brands = brands[4..])
        {
            if (brands.StartsWith("avi"u8)) return MediaFormat.Avif;
            if (brands.StartsWith("hei"u8) || brands.StartsWith("hev"u8)) return MediaFormat.Heic;
            if (brands.StartsWith("mif1"u8) || brands.StartsWith("msf1"u8)) return MediaFormat.Heic;
        }

        return MediaFormat.Mp4;
    }

    static bool StartsWithQuickTimeBox(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8) return false;

        var type = head[4..8];
        return type.SequenceEqual("moov"u8) || type.SequenceEqual("mdat"u8) || type.SequenceEqual("wide"u8)
            || type.SequenceEqual("free"u8) || type.SequenceEqual("skip"u8);
    }

    static bool IsText(ReadOnlySpan<byte> head)
    {
        foreach (var b in head)
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 27)) return false;

        return head.Length > 0;
    }
}
