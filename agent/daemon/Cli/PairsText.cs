using static EdgeFace.Cli.RateTableText;

namespace EdgeFace.Cli;

/// <summary>The reports of <c>evaluate pairs</c> and <c>evaluate identify</c> for people.</summary>
static class PairsText
{
    public static void Print(string title, PairsReport report, TextWriter output)
    {
        var console = Terminal.On(output);
        output.WriteLine($"{title}: {report.ListedPairs:N0} pairs of {report.Pictures:N0} pictures");
        output.WriteLine($"{report.Detector}, {report.Landmarks}, {report.Model}");
        output.WriteLine();
        output.WriteLine($"Accuracy  {Percent(report.Accuracy)}, standard error {Percent(report.AccuracyStandardError)}"
            + $" ({report.Folds.Count} folds; mean threshold {Number(report.Threshold)})");
        output.WriteLine($"EER       {Percent(report.Eer)} (threshold {Number(report.EerThreshold)})");
        output.WriteLine();
        output.WriteLine($"{(report.Identities == "folders" ? "Every picture with every other" : "The listed pairs")}: "
            + $"{report.GenuinePairs:N0} genuine and {report.ImpostorPairs:N0} impostor pairs");
        console.Write(Of(
            "FMR", "FNMR", report.ThresholdsAtFmr, report.EvidenceAtFmr, report.ImpostorPairs, "pairs"));
        PrintTimes(report.TimingMs, report.Workers, report.Seconds, output);
        PrintFailures(report.FailuresToAcquire, report.Pictures, output);
    }

    public static void PrintTimes(StageTimes times, int workers, double? seconds, TextWriter output)
    {
        output.WriteLine($"Median ms of a picture, one thread, {workers} at a time: "
            + $"decode {Milliseconds(times.Decode)}, detect {Milliseconds(times.Detect)}, "
            + $"landmarks {Milliseconds(times.Landmarks)}, "
            + $"align {Milliseconds(times.Align)}, quality {Milliseconds(times.Quality)}, "
            + $"embed {Milliseconds(times.Embed)}. In all {seconds:F1} s.");
    }

    public static void PrintFailures(IReadOnlyList<string> failures, int pictures, TextWriter output)
    {
        output.WriteLine($"Failures to acquire: {failures.Count:N0} of {pictures:N0} pictures");
        foreach (var file in failures) output.WriteLine($"  {file}");
    }
}
