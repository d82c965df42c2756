namespace EdgeFace.Evaluation;

/// <summary>One presentation of a face to a camera, with its truth.</summary>
/// <param name="File">A picture, a video, or a folder with the pictures of one presentation.</param>
/// <param name="IsBonaFide">A live person; else an attack.</param>
/// <param name="Species">Of attack instrument, as "print" or "phone_replay"; "none" for a bona fide presentation.</param>
/// <param name="Subject">Whose face; "" where nobody says.</param>
/// <param name="Camera">Which one took it; "" where nobody says.</param>
public sealed record PadPresentation(string File, bool IsBonaFide, string Species, string Subject, string Camera);

/// <summary>
/// Reads a list of presentations: comma-separated values with the header "path,label,attack,subject,camera", a label "live" or
/// "spoof", paths from the list's own folder on.
/// </summary>
public static class PadManifest
{
    public const string Header = "path,label,attack,subject,camera";

    /// <exception cref="EvaluationException">The list or a file of it is missing, a line is malformed, or there is no line.</exception>
    public static IReadOnlyList<PadPresentation> Read(string file)
    {
        if (!File.Exists(file))
            throw new EvaluationException(EvaluationFault.Missing, $"There is no list of presentations at {file}.");

        var folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
        var presentations = new List<PadPresentation>();
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            if (index == 0 && line.Replace(" ", "", StringComparison.Ordinal).Equals(Header, StringComparison.OrdinalIgnoreCase)) continue;
            if (string.IsNullOrWhiteSpace(line)) continue;

            presentations.Add(Parse(line, file, index + 1, folder));
        }

        return presentations.Count > 0 ? presentations
            : throw new EvaluationException(EvaluationFault.TooFew, $"{file} lists no presentation: write lines of {Header}.");
    }

    static PadPresentation Parse(string line, string file, int number, string folder)
    {
        if (CsvLine.Split(line) is not [{ Length: > 0 } path, var label, var attack, var subject, var camera])
            throw EvaluationException.At(file, number, line, Header);

        var isBonaFide = label.ToUpperInvariant() switch
        {
            "LIVE" => true,
            "SPOOF" => false,
            _ => throw EvaluationException.At(file, number, label, "live or spoof"),
        };
        if (!isBonaFide && attack is "" or "none")
            throw EvaluationException.At(file, number, attack, "the species of the attack, as print or phone_replay,");

        var whole = Path.Combine(folder, path);
        if (!File.Exists(whole) && !Directory.Exists(whole))
        {
            throw new EvaluationException(
                EvaluationFault.Missing, $"{file}, line {number}: there is no picture, video or folder of pictures at {whole}.");
        }


        return new PadPresentation(whole, isBonaFide, isBonaFide ? "none" : attack, subject, camera);
    }
}
