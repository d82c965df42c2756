using System.Security.Cryptography;
using EdgeFace.Capture;
using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>The pictures that a quantised model learns its ranges from: none of those that it is judged by.</summary>
static class CalibrationPictures
{
    /// <param name="sources">Folders of pictures, and lists with one path a line, from the list's own folder.</param>
    /// <param name="most">As many are taken, spread evenly over all.</param>
    /// <exception cref="PictureException">A folder is missing or may not be read.</exception>
    /// <exception cref="EvaluationException">A list or one of its pictures is missing, or there are too few.</exception>
    public static IReadOnlyList<string> Choose(IEnumerable<string> sources, int most)
    {
        string[] all = [.. sources.SelectMany(Files).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
        return all.Length <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(long)i * all.Length / most])];
    }

    /// <summary>By content: a copy under another name is the same picture.</summary>
    /// <exception cref="EvaluationException">A picture is in both sets.</exception>
    public static void KeepApart(IEnumerable<string> calibration, IEnumerable<string> test)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in calibration) seen[Digest(file)] = file;
        foreach (var file in test.Distinct(StringComparer.Ordinal))
        {
            if (!seen.TryGetValue(Digest(file), out var twin)) continue;

            throw new EvaluationException(EvaluationFault.Malformed,
                $"{file} is a picture to judge by, and {twin} among the calibration pictures is the same one. "
                + "A model is judged by other pictures than it learnt from: give another --calibration.");
        }
    }

    static IEnumerable<string> Files(string source)
    {
        if (Directory.Exists(source)) return PictureFolder.Files(source);
        if (!File.Exists(source))
            throw new EvaluationException(EvaluationFault.Missing, $"There is neither a folder nor a list of pictures at {source}.");
        if (PictureFolder.IsPictureName(source)) return [source];

        var folder = Path.GetDirectoryName(Path.GetFullPath(source)) ?? "";
        return File.ReadLines(source).Where(line => !string.IsNullOrWhiteSpace(line)).Index().Select(line =>
            Path.Combine(folder, line.Item.Trim()) is var file && File.Exists(file)
                ? file
                : throw EvaluationException.At(source, line.Index + 1, line.Item, "the path of a picture"));
    }

    static string Digest(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
