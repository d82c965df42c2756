using System.Globalization;

namespace EdgeFace.Hub.Storage;

/// <summary>Comma-separated values as RFC 4180 has them.</summary>
static class Csv
{
    /// <summary>In quotes where it must be; what a spreadsheet would take for a formula is made text.</summary>
    public static string Cell(string? text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "'" + text : text ?? "";
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
