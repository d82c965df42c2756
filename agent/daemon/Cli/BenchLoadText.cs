using System.Globalization;
using EdgeFace.Pipeline;
using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary>What <c>bench</c> says of requests in flight: a table for people, or the same as Markdown to be pasted.</summary>
static class BenchLoadText
{
    public static void Print(BenchProfile profile, BenchRow[] rows, TextWriter output)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(["stage", "model", "on", .. Heads(rows)]);
        foreach (var row in rows) table.AddRow([.. Cells(row).Select(Markup.Escape)]);
        Terminal.On(output).Write(table);
        output.WriteLine(Caption(profile));
        foreach (var note in profile.Notes()) output.WriteLine(PlainText.Of(note));
    }

    public static void PrintMarkdown(BenchProfile profile, BenchRow[] rows, TextWriter output)
    {
        string[] heads = ["profile", "stage", "model", "on", .. Heads(rows)];
        Row(heads);
        Row([.. heads.Select(_ => "---")]);
        var name = profile switch
        {
            { Name: null } => "none",
            { Seen: false } => $"{profile.Name} (never seen on its hardware)",
            { Fits: false } => $"{profile.Name} (on another machine)",
            _ => profile.Name,
        };
        foreach (var row in rows) Row([name, .. Cells(row)]);
        output.WriteLine();
        output.WriteLine(Caption(profile));
        foreach (var note in profile.Notes()) output.WriteLine(PlainText.Of(note));

        void Row(string[] cells) => output.WriteLine($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |");
    }

    static IEnumerable<string> Heads(BenchRow[] rows) => rows.Take(1).SelectMany(row => row.InFlight).Select(
        timing => timing.Requests == 1 ? "1 in flight" : $"{timing.Requests}");

    static IEnumerable<string> Cells(BenchRow row) => [row.Stage, row.Model, row.Provider, .. row.InFlight.Select(Cell)];

    static string Cell(InFlightTiming timing) => string.Create(
        CultureInfo.InvariantCulture, $"{timing.P50Ms:F2} / {timing.P95Ms:F2} ms, {timing.PerSecond:F0}/s");

    static string Caption(BenchProfile profile) =>
        $"Profile {profile.Name ?? "none"}, {profile.Threads} {(profile.Threads == 1 ? "thread" : "threads")} an inference: p50 / p95 and how many a second, "
        + "inferences of a stage or whole frames to the decision.";
}
