namespace EdgeFace.Capture;

/// <summary>The pictures of a folder.</summary>
public static class PictureFolder
{
    /// <summary>
    /// Paths of the files named .jpg, .jpeg, .jfif or .png, in capitals or not, in the folder and those below it, in
    /// ordinal order. Hidden files and folders and what is no file are left out, and links to folders are not
    /// followed: they may go round.
    /// </summary>
    /// <exception cref="PictureException">The folder is missing or may not be read.</exception>
    public static IReadOnlyList<string> Files(string folder) => Files(folder, IsPictureName);

    /// <summary>The same for files of other names.</summary>
    internal static IReadOnlyList<string> Files(string folder, FileWalk.NameFilter isWanted)
    {
        try
        {
            return FileWalk.Files(folder, isWanted);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new PictureException(PictureFault.Missing, $"There is no folder {folder}. Check its name.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PictureException(PictureFault.Unreadable,
                $"The folder {folder} cannot be read: {e.Message} Check its permissions.", e);
        }
    }

    internal static bool IsPictureName(ReadOnlySpan<char> name) =>
        Path.GetExtension(name) is var extension
        && (extension.Equals(".jpg", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".jpeg", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".jfif", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".png", StringComparison.OrdinalIgnoreCase));
}
