using System.Globalization;
using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary>The report of <c>pad evaluate</c> for people.</summary>
static class PadText
{
    public static void Print(string title, PadReport report, TextWriter output)
    {
        output.WriteLine($"{title}: {report.Presentations:N0} presentations, {report.Model}");
        output.WriteLine($"at liveness {Score(report.Threshold)}: APCER {Percent(report.ApcerWorst)} (worst species), "
            + $"BPCER {Percent(report.Bpcer)}{Interval(report.BpcerInterval)}, non-responses {Percent(report.NonResponse)}");
        output.WriteLine($"EER {Percent(report.Eer)} (liveness {Score(report.EerThreshold)})");
        output.WriteLine();

        var species = new Table().Border(TableBorder.Rounded);
        species.AddColumns("species", "APCER", "95 % interval");
        foreach (var (name, rate) in report.Apcer)
            species.AddRow(Markup.Escape(name), Percent(rate), Interval(report.ApcerInterval[name]).Trim(' ', '(', ')'));
        Terminal.On(output).Write(species);
        Terminal.On(output).Write(Cameras(report.ByCamera, thresholds: null));

        if (report.Calibrated is { } calibrated)
        {
            output.WriteLine();
            output.WriteLine($"With a threshold for each camera, {calibrated.Presentations:N0} presentations that set none: "
                + $"APCER {string.Join(", ", calibrated.Apcer.Select(rate => $"{rate.Key} {Percent(rate.Value)}"))}; BPCER {Percent(calibrated.Bpcer)}");
            Terminal.On(output).Write(Cameras(calibrated.ByCamera, calibrated.Thresholds));
        }

        if (report.LeaveOneCameraOut is { Count: > 0 } leftOut)
        {
            output.WriteLine();
            output.WriteLine("Each camera at the threshold that the others set (their EER):");
            var table = new Table().Border(TableBorder.Rounded);
            table.AddColumns("camera", "APCER (worst)", "BPCER", "presentations", "threshold");
            foreach (var row in leftOut)
                table.AddRow(Markup.Escape(row.Camera), Percent(row.Apcer), Percent(row.Bpcer), $"{row.N:N0}", Score(row.Threshold));
            Terminal.On(output).Write(table);
        }

        foreach (var each in report.Each ?? [])
        {
            output.WriteLine(PlainText.Of($"{each.Path}: {each.Label}{(each.Label is "spoof" ? $" ({each.Attack})" : "")}, verdict {each.Verdict}"
                + $"{(each.Liveness is { } liveness ? $", liveness {Score(liveness)}" : "")}{(each.DeniedBy is { } cue ? $", by {cue}" : "")}"));
        }

        output.WriteLine(report.Note);
    }

    static Table Cameras(IReadOnlyList<PadCameraRow> rows, IReadOnlyDictionary<string, double>? thresholds)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("camera", "APCER (worst)", "BPCER", "non-responses", "presentations", "threshold");
        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Camera), Percent(row.Apcer), Percent(row.Bpcer), Percent(row.NonResponse), $"{row.N:N0}",
                thresholds is null ? "" : Score(thresholds[row.Camera]));
        }

        return table;
    }

    static string Percent(double? rate) => rate is { } known ? RateTableText.Percent(known) : "-";

    static string Score(double score) => score.ToString(score < 0.01 ? "0.0000" : "0.000", CultureInfo.InvariantCulture);

    static string Interval(double[]? ends) => ends is [var low, var high] ? $" ({Percent(low)} to {Percent(high)})" : "";
}
