namespace EdgeFace.Keeping;

/// <summary>
/// Files and folders that nobody but their owner may open, from their first moment: a chmod afterwards leaves a
/// gap.
/// </summary>
static class OwnerOnly
{
    const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Mode 0700, also for the folders above it that are missing; one that stands keeps its mode.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) throw NoModes();
        Directory.CreateDirectory(path, ReadWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Mode 0600; fails where a file stands.</summary>
    public static FileStream CreateFile(string path) =>
        OpenFile(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);

    /// <summary>Mode 0600 where it makes the file, with room for so many bytes taken on the disk.</summary>
    public static FileStream OpenFile(string path, FileMode mode, FileAccess access, FileShare share, long room = 0)
    {
        if (OperatingSystem.IsWindows()) throw NoModes();
        return new FileStream(path, new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
            PreallocationSize = room,
            UnixCreateMode = ReadWrite,
        });
    }

    /// <summary>
    /// The mode in octal when others than the owner may do anything with the file; null when they may not.
    /// </summary>
    public static string? TooOpen(FileStream file)
    {
        if (OperatingSystem.IsWindows()) throw NoModes();
        var mode = File.GetUnixFileMode(file.SafeFileHandle);
        return (mode & Others) == 0 ? null : Convert.ToString((int)mode, toBase: 8);
    }

    static PlatformNotSupportedException NoModes() =>
        new("edgeface keeps faces under Unix file modes and runs on Linux.");
}
