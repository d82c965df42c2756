using System.Buffers.Binary;

namespace EdgeFace.Capture;

/// <summary>
/// The outermost boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2). FFmpeg plays what is left of a video that
/// was cut off and says nothing, so the ends are compared with the file's length first.
/// </summary>
static class VideoStructure
{
    public static void CheckComplete(FileStream file, MediaFormat format, string name)
    {
        if (format == MediaFormat.Mp4) CheckBoxes(file, name);
        else if (format == MediaFormat.Avi) CheckRiff(file, name);
    }

    static void CheckBoxes(FileStream file, string name)
    {
        var hasIndex = false;
        Span<byte> box = stackalloc byte[16];
        for (var at = 0L; at < file.Length;)
        {
            var read = MediaFile.ReadAt(file, at, box);
            if (read < 8) break; // a few stray bytes after the last box

            var size = BoxBytes(box[..read], file.Length - at);
            if (size < 8) break;

            hasIndex |= box[4..8].SequenceEqual("moov"u8);
            var isMedia = box[4..8].SequenceEqual("mdat"u8) || box[4..8].SequenceEqual("moov"u8);
            if (isMedia && size > file.Length - at) throw Truncated(name, file.Length, at + size);

            at = size > file.Length - at ? file.Length : at + size;
        }

        if (!hasIndex)
        {
            throw new PictureException(PictureFault.Truncated,
                $"{name} has no index (moov) in its {file.Length:N0} bytes: the recording was cut off before its end. "
                + "Copy it again from its source, or record it anew.");
        }
    }

    /// <summary>Size 1 is followed by the size in 64 bits; size 0 goes on to the end of the file.</summary>
    static long BoxBytes(ReadOnlySpan<byte> box, long left) => BinaryPrimitives.ReadUInt32BigEndian(box) switch
    {
        0 => left,
        1 => box.Length < 16 ? 0 : (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(box[8..]), long.MaxValue / 2),
        var size => size,
    };

    static void CheckRiff(FileStream file, string name)
    {
        Span<byte> head = stackalloc byte[8];
        if (MediaFile.ReadAt(file, 0, head) < 8) return;

        // Recorders that were stopped hard leave 0 or all ones: then nobody knows where the end should be.
        var end = 8L + BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        if (end > file.Length && end < uint.MaxValue) throw Truncated(name, file.Length, end);
    }

    static PictureException Truncated(string name, long at, long end) => new(PictureFault.Truncated,
        $"{name} is cut off at byte {at:N0}: it should go on to byte {end:N0}. Copy it again from its source.");
}
