namespace EdgeFace.Capture;

/// <summary>
/// Opens the files of pictures and videos and says in one way what is wrong with those that do not open.
/// </summary>
public static class MediaFile
{
    /// <summary>
    /// By the file's first bytes: MP4, QuickTime, WebM, Matroska, AVI, Flash, Windows Media, MPEG and Ogg, and GIF,
    /// which has frames too.
    /// </summary>
    /// <exception cref="PictureException">The file is missing, a folder, no file, empty or may not be read.</exception>
    public static bool IsVideo(string path)
    {
        using var file = Open(path);
        return MediaFormats.IsVideo(FormatOf(file));
    }

    internal static FileStream Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new PictureException(PictureFault.Folder,
                    $"{path} is a folder where a file is wanted. Name one file in it.");
            }

            if (!RegularFile.IsAt(path))
            {
                throw new PictureException(PictureFault.Foreign,
                    $"{path} is a pipe, a socket or a device where a file is wanted. Save it to a file first.");
            }

            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (file.Length > 0) return file;

            file.Dispose();
            throw new PictureException(PictureFault.Empty, $"{path} is empty: 0 bytes. Copy it again from its source.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new PictureException(PictureFault.Missing, $"There is no file {path}. Check its name and folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PictureException(PictureFault.Unreadable,
                $"{path} cannot be read: {e.Message} Check its permissions and the disk.", e);
        }
    }

    internal static MediaFormat FormatOf(FileStream file)
    {
        Span<byte> head = stackalloc byte[MediaFormats.HeadBytes];
        return MediaFormats.Of(head[..ReadAt(file, 0, head)]);
    }

    /// <summary>As much of <paramref name="part"/> as the file holds from there on.</summary>
    internal static int ReadAt(FileStream file, long position, Span<byte> part)
    {
        try
        {
            file.Position = position;
            return file.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
        }
        catch (IOException e)
        {
            throw new PictureException(PictureFault.Unreadable,
                $"{file.Name} cannot be read at byte {position:N0}: {e.Message} Check the disk.", e);
        }
    }
}
