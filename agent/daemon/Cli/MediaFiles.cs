using EdgeFace.Capture;

namespace EdgeFace.Cli;

/// <summary>Pictures and videos among files that were named or found.</summary>
static class MediaFiles
{
    static readonly string[] VideoNames = [".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".gif"];

    /// <summary>By name, the pictures and videos of a folder and of those below it, in ordinal order.</summary>
    /// <exception cref="PictureException">The folder is missing or may not be read.</exception>
    public static IReadOnlyList<string> In(string folder) =>
        PictureFolder.Files(folder, name => PictureFolder.IsPictureName(name) || HasVideoName(name));

    public static bool HasMediaName(string file) => HasVideoName(file) || PictureFolder.IsPictureName(file);

    public static bool HasVideoName(string file) => HasVideoName(file.AsSpan());

    static bool HasVideoName(ReadOnlySpan<char> file)
    {
        foreach (var name in VideoNames)
            if (Path.GetExtension(file).Equals(name, StringComparison.OrdinalIgnoreCase)) return true;

        return false;
    }

    /// <summary>Each folder becomes its files; one without any is said.</summary>
    public static IReadOnlyList<string> Expand(IEnumerable<string> paths, FileRun run)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                files.Add(path);
                continue;
            }

            run.Try(() =>
            {
                var inside = In(path);
                if (inside.Count == 0) run.Refuse($"The folder {path} has no picture and no video.");
                files.AddRange(inside);
            });
        }

        return files;
    }
}
