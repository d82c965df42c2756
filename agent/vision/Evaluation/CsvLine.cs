using System.Text;

namespace EdgeFace.Evaluation;

/// <summary>
/// One line of comma-separated values after RFC 4180: quoted fields may hold commas and doubled quotes, not line ends.
/// </summary>
static class CsvLine
{
    /// <returns>
    /// The fields, trimmed where they were not quoted; null when a quote is left open or text follows a closed one.
    /// </returns>
    public static List<string>? Split(string line)
    {
        var fields = new List<string>();
        for (var at = 0; ; at++)
        {
            while (at < line.Length && line[at] == ' ') at++;
            var quoted = at < line.Length && line[at] == '"';
            if ((quoted ? Quoted(line, ref at) : Plain(line, ref at)) is not { } field) return null;

            fields.Add(field);
            if (at == line.Length) return fields;
        }
    }

    static string Plain(string line, ref int at)
    {
        var from = at;
        var comma = line.IndexOf(',', at);
        at = comma < 0 ? line.Length : comma;
        return line[from..at].TrimEnd();
    }

    static string? Quoted(string line, ref int at)
    {
        var field = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                field.Append(line[at]);
            }
            else if (at + 1 < line.Length && line[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                at++;
                while (at < line.Length && line[at] == ' ') at++;
                return at == line.Length || line[at] == ',' ? field.ToString() : null;
            }
        }

        return null;
    }
}
