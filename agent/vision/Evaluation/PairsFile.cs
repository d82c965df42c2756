using System.Globalization;

namespace EdgeFace.Evaluation;

/// <summary>
/// Reads a list of pairs: the text form of Labeled Faces in the Wild (tab separated: "NAME 1 2" one person, "NAME 1
/// OTHER 2" two, with or without the count line "folds pairs" or "pairs") or comma-separated values with the header
/// "a,b,same".
/// </summary>
public static class PairsFile
{
    /// <summary>
    /// How many folds are cut where the list does not say: as in the protocol of Labeled Faces in the Wild.
    /// </summary>
    public const int Folds = 10;

    /// <param name="file">The list.</param>
    /// <param name="images">
    /// The folder its paths start from; a person's third picture is NAME/NAME_0003.jpg or .png in it.
    /// </param>
    /// <exception cref="EvaluationException">
    /// The list, the folder or a picture is missing, a line is malformed, or the list holds another number of pairs
    /// than it says.
    /// </exception>
    public static IReadOnlyList<FacePair> Read(string file, string images)
    {
        if (!File.Exists(file))
            throw new EvaluationException(EvaluationFault.Missing, $"There is no list of pairs at {file}.");
        if (!Directory.Exists(images))
        {
            throw new EvaluationException(EvaluationFault.Missing,
                $"There is no folder of pictures at {images}: give the one that the paths in {file} start from.");
        }

        using var text = File.OpenText(file);
        return Parse(text, file, images);
    }

    /// <summary>The same from text that is open already; <paramref name="file"/> is its name in messages.</summary>
    public static IReadOnlyList<FacePair> Parse(TextReader text, string file, string images)
    {
        var lines = Lines(text);
        if (lines.Count == 0)
            throw new EvaluationException(EvaluationFault.TooFew, $"{file} holds no pairs: it is empty.");

        var isCsv = lines[0].Text.Replace(" ", "", StringComparison.Ordinal)
            .Equals("a,b,same", StringComparison.OrdinalIgnoreCase);
        var counts = isCsv ? null : PairCounts.FromHeader(lines[0].Text);
        if (isCsv || counts is not null) lines.RemoveAt(0);
        if (lines.Count == 0)
            throw new EvaluationException(EvaluationFault.TooFew, $"{file} holds no pairs after its first line.");

        var rows = lines.ConvertAll(line => isCsv ? CsvPair(line, file, images) : LfwPair(line, file, images));
        counts?.Check(file, [.. rows.Zip(lines, (row, line) => (row.Same, line.Number))]);
        return counts is { Folds: > 1 } said ? said.Cut(rows) : CutEvenly(rows);
    }

    static List<Line> Lines(TextReader text)
    {
        var lines = new List<Line>();
        for (var number = 1; text.ReadLine() is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line)) lines.Add(new Line(number, line));
        }

        return lines;
    }

    static FacePair LfwPair(Line line, string file, string images)
    {
        var fields = line.Text.Split('\t', StringSplitOptions.TrimEntries);
        return fields switch
        {
            [var name, var a, var b] => new FacePair(Picture(name, a), Picture(name, b), Same: true, 0),
            [var name, var a, var other, var b] => new FacePair(Picture(name, a), Picture(other, b), Same: false, 0),
            _ => throw EvaluationException.At(file, line.Number, line.Text,
                "NAME, number, number or NAME, number, NAME, number with tabs between"),
        };

        string Picture(string name, string number)
        {
            if (name.Length == 0 || name is "." or ".." || Path.GetFileName(name) != name)
                throw EvaluationException.At(file, line.Number, name, "the name of a person, which is a folder,");
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index < 1)
                throw EvaluationException.At(file, line.Number, number, "the number of a picture, 1 or more,");

            var path = Path.Combine(images, name, $"{name}_{index:D4}.jpg");
            return Existing(File.Exists(path) ? path : Path.ChangeExtension(path, ".png"), path, file, line.Number);
        }
    }

    static FacePair CsvPair(Line line, string file, string images)
    {
        if (CsvLine.Split(line.Text) is not [{ Length: > 0 } a, { Length: > 0 } b, var same])
            throw EvaluationException.At(file, line.Number, line.Text, "path, path, 1 or 0 with commas between");

        return new FacePair(Picture(a), Picture(b), IsSame(), 0);

        string Picture(string relative)
        {
            var path = Path.Combine(images, relative);
            return Existing(path, path, file, line.Number);
        }

        bool IsSame() => same.ToUpperInvariant() switch
        {
            "1" or "TRUE" => true,
            "0" or "FALSE" => false,
            _ => throw EvaluationException.At(file, line.Number, same, "1, 0, true or false"),
        };
    }

    // A picture that is not there is a fault of the list or of the folder. Counted as a failure to acquire it would
    // hide both.
    static string Existing(string path, string asked, string file, int line) =>
        File.Exists(path)
            ? path
            : throw new EvaluationException(
                EvaluationFault.Missing, $"{file}, line {line}: there is no picture at {asked}.");

    // In file order, the same and the different ones each cut into ten runs of one length (give or take one).
    static FacePair[] CutEvenly(List<FacePair> rows)
    {
        var (same, seen) = (rows.LongCount(row => row.Same), (Same: 0L, Different: 0L));
        return [.. rows.Select(row => row with { Fold = Next(row.Same) })];

        int Next(bool isSame) =>
            (int)(isSame ? seen.Same++ * Folds / same : seen.Different++ * Folds / (rows.Count - same));
    }

    readonly record struct Line(int Number, string Text);
}
