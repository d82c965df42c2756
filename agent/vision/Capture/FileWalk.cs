using System.IO.Enumeration;

namespace EdgeFace.Capture;

/// <summary>
/// The files of a folder and of those below it. Hidden files and folders are left out, as are pipes, sockets and devices;
/// links to files are followed and links to folders are not: they may go round, or out of the folder.
/// </summary>
static class FileWalk
{
    public delegate bool NameFilter(ReadOnlySpan<char> name);

    /// <returns>Full paths, in ordinal order.</returns>
    /// <exception cref="IOException">The folder, or one below it, is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string[] Files(string folder, NameFilter isWanted)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false };
        var files = new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = (ref entry) =>
                !entry.IsDirectory && isWanted(entry.FileName) && RegularFile.IsAt(entry.ToFullPath()),
            ShouldRecursePredicate = (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return [.. files.Order(StringComparer.Ordinal)];
    }
}
