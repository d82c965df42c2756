namespace EdgeFace.Cli;

/// <summary>
/// A line of comma-separated values; one that holds a comma, a quote or a line break is quoted (RFC 4180).
/// </summary>
static class CsvRow
{
    public static string Of(params IReadOnlyList<string> cells) => string.Join(',', cells.Select(Quoted));

    static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\r\n")
        ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
