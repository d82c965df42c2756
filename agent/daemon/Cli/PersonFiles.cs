using System.Text.RegularExpressions;
using EdgeFace.Capture;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>A person who is to be enrolled, and the pictures and videos of him.</summary>
sealed partial record PersonFiles(string Name, IReadOnlyList<string> Files)
{
    /// <summary>How many templates may come of them: a picture gives one at the most, a video as many as are kept.</summary>
    public int TemplatesMost =>
        Files.Any(MediaFiles.HasVideoName) ? TemplateChoice.TemplatesMax : Math.Min(Files.Count, TemplateChoice.TemplatesMax);

    /// <summary>
    /// One person for each folder in the folder, and for each picture or video beside them; those of one name are one.
    /// </summary>
    /// <exception cref="PictureException">The folder is missing or may not be read.</exception>
    public static IReadOnlyList<PersonFiles> In(string folder)
    {
        _ = PictureFolder.Files(folder); // says what is wrong with a folder that cannot be read
        var ofFolders = Directory.GetDirectories(folder)
            .Where(inside => !Path.GetFileName(inside).StartsWith('.') && new DirectoryInfo(inside).LinkTarget is null)
            .Select(inside => new PersonFiles(Spaced(Path.GetFileName(inside)), MediaFiles.In(inside)));
        var ofFiles = Directory.GetFiles(folder)
            .Where(file => MediaFiles.HasMediaName(file) && !Path.GetFileName(file).StartsWith('.') && RegularFile.IsAt(file))
            .Order(StringComparer.Ordinal)
            .Select(file => new PersonFiles(NameOf(file), [file]));
        return [.. ofFolders.Concat(ofFiles)
            .GroupBy(person => person.Name, StringComparer.Ordinal)
            .OrderBy(person => person.Key, StringComparer.Ordinal)
            .Select(person => new PersonFiles(person.Key, [.. person.SelectMany(part => part.Files)]))];
    }

    /// <summary>Grace_Hopper_0001.jpg is of Grace Hopper.</summary>
    public static string NameOf(string file) => Spaced(Number.Replace(Path.GetFileNameWithoutExtension(file), ""));

    static string Spaced(string name) => name.Replace('_', ' ').Trim();

    [GeneratedRegex("_[0-9]+$")]
    static partial Regex Number { get; }
}
