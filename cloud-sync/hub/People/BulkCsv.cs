using System.Globalization;
using System.Text;

namespace EdgeFace.Hub.People;

/// <summary>One line of a bulk enrolment.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Groups">Separated by semicolons in the file.</param>
/// <param name="ValidUntil">Null: no end.</param>
/// <param name="Consent">When he agreed, or "yes": at the upload; empty: he has not, and is refused.</param>
/// <param name="Photos">Names of files, separated by semicolons.</param>
sealed record BulkLine(string Name, string[] Groups, DateTimeOffset? ValidUntil, string Consent, string[] Photos)
{
    public override string ToString() => "a line";
}

/// <summary>Reads comma-separated values (RFC 4180).</summary>
static class BulkCsv
{
    public const int RowsMax = 10_000;

    static readonly string[] Columns = ["name", "groups", "valid_until", "consent", "photo"];

    /// <exception cref="FormatException">What is wrong, in which line; it repeats no name.</exception>
    public static IReadOnlyList<BulkLine> Read(string text)
    {
        var rows = Cells(text);
        if (rows.Count == 0) throw new FormatException("The CSV file is empty.");

        var head = rows[0].Select(cell => cell.Trim().ToLowerInvariant()).ToArray();
        var missing = Columns.Where(column => column is "name" or "consent" or "photo" && !head.Contains(column)).ToArray();
        if (missing.Length > 0) throw new FormatException($"The first line of the CSV file names the columns name,groups,valid_until,consent,photo; {string.Join(" and ", missing)} is missing.");
        if (rows.Count - 1 > RowsMax) throw new FormatException($"At most {RowsMax} lines go into one job; these are {rows.Count - 1}. Divide the file.");

        return [.. rows.Skip(1).Select((cells, i) => Line(head, cells, i + 2))];
    }

    static BulkLine Line(string[] head, List<string> cells, int number)
    {
        string Of(string column)
        {
            var at = Array.IndexOf(head, column);
            return at >= 0 && at < cells.Count ? cells[at].Trim() : "";
        }

        if (cells.Count > head.Length) throw new FormatException($"Line {number} of the CSV file has {cells.Count} values for {head.Length} columns. Put values that hold a comma in quotes.");
        DateTimeOffset? until = null;
        if (Of("valid_until") is { Length: > 0 } said)
        {
            until = DateTimeOffset.TryParse(said, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment
                : throw new FormatException($"Line {number} of the CSV file: valid_until is no day as 2027-12-31.");
        }

        return new BulkLine(Of("name"), Parts(Of("groups")), until, Of("consent"), Parts(Of("photo")));
    }

    static string[] Parts(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static List<List<string>> Cells(string text)
    {
        var (rows, row, cell, isQuoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        void EndCell()
        {
            row.Add(cell.ToString());
            cell.Clear();
        }

        void EndRow()
        {
            EndCell();
            if (row.Count > 1 || row[0].Length > 0) rows.Add(row);
            row = [];
        }

        text = text.TrimStart('\ufeff');
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (isQuoted && letter == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
            else if (letter == '"') isQuoted = !isQuoted;
            else if (isQuoted) cell.Append(letter);
            else if (letter == ',') EndCell();
            else if (letter == '\n') EndRow();
            else if (letter != '\r') cell.Append(letter);
        }

        if (isQuoted) throw new FormatException("The CSV file ends within quotes.");
        if (cell.Length > 0 || row.Count > 0) EndRow();
        return rows;
    }
}
