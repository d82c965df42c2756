namespace EdgeFace.Evaluation;

/// <summary>A picture of a list for open-set identification.</summary>
/// <param name="IsGallery">Whether it is enrolled; otherwise it is a probe that searches.</param>
/// <param name="Identity">Whom it shows.</param>
/// <param name="File">Path of the picture.</param>
public sealed record IdentificationPicture(bool IsGallery, string Identity, string File);

/// <summary>
/// Reads a list for open-set identification: comma-separated values with the header "role,identity,path", a role being
/// gallery or probe. A probe whose identity has no picture in the gallery is a stranger's.
/// </summary>
public static class IdentificationFile
{
    const string Header = "role,identity,path";

    /// <param name="file">The list.</param>
    /// <param name="images">The folder its paths start from; null is the list's own.</param>
    /// <exception cref="EvaluationException">
    /// The list, the folder or a picture is missing, a line is malformed, or nobody is enrolled.
    /// </exception>
    public static IReadOnlyList<IdentificationPicture> Read(string file, string? images = null)
    {
        if (!File.Exists(file))
            throw new EvaluationException(EvaluationFault.Missing, $"There is no identification list at {file}.");

        images ??= Path.GetDirectoryName(Path.GetFullPath(file)) ?? "";
        if (!Directory.Exists(images))
        {
            throw new EvaluationException(EvaluationFault.Missing,
                $"There is no folder of pictures at {images}: give the one that the paths in {file} start from.");
        }

        using var text = File.OpenText(file);
        return Parse(text, file, images);
    }

    /// <summary>The same from text that is open already; <paramref name="file"/> is its name in messages.</summary>
    public static IReadOnlyList<IdentificationPicture> Parse(TextReader text, string file, string images)
    {
        var header = text.ReadLine() ?? "";
        if (!header.Replace(" ", "", StringComparison.Ordinal).Equals(Header, StringComparison.OrdinalIgnoreCase))
            throw EvaluationException.At(file, 1, header, $"the header {Header}");

        var pictures = new List<IdentificationPicture>();
        for (var number = 2; text.ReadLine() is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line)) pictures.Add(Picture(line, number, file, images));
        }

        if (pictures.Exists(picture => picture.IsGallery)) return pictures;

        throw new EvaluationException(EvaluationFault.TooFew, $"{file} enrolls nobody: no line has the role gallery.");
    }

    static IdentificationPicture Picture(string line, int number, string file, string images)
    {
        if (CsvLine.Split(line) is not [var role, { Length: > 0 } identity, { Length: > 0 } relative])
            throw EvaluationException.At(file, number, line, "role, identity, path with commas between");

        var path = Path.Combine(images, relative);
        if (!File.Exists(path))
        {
            throw new EvaluationException(
                EvaluationFault.Missing, $"{file}, line {number}: there is no picture at {path}.");
        }

        return new IdentificationPicture(IsGallery(), identity, path);

        bool IsGallery() => role.ToUpperInvariant() switch
        {
            "GALLERY" => true,
            "PROBE" => false,
            _ => throw EvaluationException.At(file, number, role, "gallery or probe"),
        };
    }
}
