using System.Globalization;
using EdgeFace.Evaluation;
using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary>Error rates as people read them: with their intervals and what supports them.</summary>
static class RateTableText
{
    /// <param name="positive">FMR or FPIR.</param>
    /// <param name="negative">FNMR or FNIR.</param>
    /// <param name="thresholds">By the rate asked for.</param>
    /// <param name="evidence">By the rate asked for.</param>
    /// <param name="trials">How many trials could have been false positives.</param>
    /// <param name="unit">What they are: pairs, or searches.</param>
    public static Table Of(
        string positive,
        string negative,
        IReadOnlyDictionary<string, double?> thresholds,
        IReadOnlyDictionary<string, RateEvidence?> evidence,
        long trials,
        string unit)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(
            $"at {positive}", "threshold", negative, "95 % interval", "misses", $"{positive} seen", "95 % interval",
            "errors", "supported");
        foreach (var column in table.Columns.SkipLast(1)) column.RightAligned();
        foreach (var (asked, found) in evidence)
        {
            if (found is null)
            {
                table.AddRow(asked, "-", "-", "-", "-", "-", "-", "-", $"no: fewer than 1 / {positive} {unit}");
                continue;
            }

            table.AddRow(
                asked, Number(thresholds[asked]), Percent(found.FalseNegativeRate),
                Interval(found.FalseNegativeInterval), $"{found.FalseNegatives:N0}",
                Rate(found.FalsePositiveRate), Rates(found.FalsePositiveInterval), $"{found.FalsePositives:N0}",
                found.Supported ? $"by {trials:N0} {unit}" : $"no: fewer than 3 / {positive} {unit}");
        }

        return table;
    }

    public static string Percent(double rate) => rate.ToString("0.00 %", CultureInfo.InvariantCulture);

    public static string Interval(RateInterval? interval) =>
        interval is { } known ? $"{Percent(known.Low)} - {Percent(known.High)}" : "-";

    public static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";

    public static string Milliseconds(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    static string Rate(double rate) => rate.ToString("0.0e-0", CultureInfo.InvariantCulture);

    static string Rates(RateInterval interval) => $"{Rate(interval.Low)} - {Rate(interval.High)}";
}
