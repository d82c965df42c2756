using System.IO.Enumeration;

namespace EdgeFace.Profiles;

/// <summary>
/// Where a machine's <c>/proc</c>, <c>/sys</c>, <c>/dev</c> and <c>/etc</c> are read: "/", or a folder with another machine's. What is
/// not there, or does not let itself be read, is empty: a sensor that sleeps answers EAGAIN, and that is no fault of ours.
/// </summary>
sealed class MachineRoot(string root)
{
    /// <summary>Of the machine that this runs on.</summary>
    public static MachineRoot Here { get; } = new("/");

    /// <summary>More than any file of /proc, /sys and /etc that is read here holds.</summary>
    const int BytesMax = 1 << 20;

    /// <param name="path">From the root, with or without its first slash.</param>
    public string At(string path) => Path.Combine(root, path.TrimStart('/'));

    public bool Has(string path) => Path.Exists(At(path));

    /// <summary>The whole text; "" where there is none.</summary>
    public string Text(string path, int bytesMax = BytesMax)
    {
        try
        {
            using var stream = new FileStream(At(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var held = new MemoryStream(); // such files do not say how long they are
            var bytes = new byte[4096];
            while (held.Length < bytesMax && stream.Read(bytes) is > 0 and var read) held.Write(bytes, 0, read);
            return System.Text.Encoding.UTF8.GetString(held.GetBuffer(), 0, (int)held.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }

    /// <summary>The first line without blanks or zeros around it; "" where there is none.</summary>
    public string Line(string path) => Text(path).Split('\n')[0].Trim('\0', ' ', '\t', '\r');

    /// <summary>The last part of what a link points to, as a device's <c>driver</c>; "" where there is no link.</summary>
    public string LinkedName(string path)
    {
        try
        {
            return new FileInfo(At(path)).LinkTarget is { } target ? Path.GetFileName(target.TrimEnd('/')) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Paths from the root that match, in order of their numbers; each part may have <c>*</c> and <c>?</c>.</summary>
    public IReadOnlyList<string> Find(string pattern)
    {
        List<string> found = [""];
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = [.. found.SelectMany(folder => part.Contains('*', StringComparison.Ordinal) || part.Contains('?', StringComparison.Ordinal)
                ? Names(folder).Where(name => FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false)).Select(name => $"{folder}/{name}")
                : Has($"{folder}/{part}") ? [$"{folder}/{part}"] : [])];
        }

        return found;
    }

    string[] Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(At(folder)).Select(each => Path.GetFileName(each))
                .OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
