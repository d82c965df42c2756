using EdgeFace.Capture;

namespace EdgeFace.Cli;

/// <summary>Pictures and videos among files that were named or found.</summary>
static class MediaFiles
{
    static readonly string[] VideoNames = [".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".gif"];

    /// <summary>By name, the pictures and videos of a folder and of those below it, in ordinal order.</summary>
    /// <exception cref="PictureException">The folder is missing or may not be read.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        var pictures = PictureFolder.Files(folder);
        var videos = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(HasVideoName);
        return [.. pictures.Concat(videos).Order(StringComparer.Ordinal)];
    }

    public static bool HasMediaName(string file) =>
        HasVideoName(file) || Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG" or ".JFIF" or ".PNG";

    public static bool HasVideoName(string file) =>
        VideoNames.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

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
