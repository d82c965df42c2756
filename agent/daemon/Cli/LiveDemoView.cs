using System.Globalization;
using EdgeFace.Access;
using EdgeFace.Pipeline;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeFace.Cli;

/// <summary>The door on a terminal, as it happens: time line, face, scores against their limits, decision, door.</summary>
sealed class LiveDemoView(IAnsiConsole console) : IDemoView
{
    const int BarWidth = 40;

    /// <summary>More often than this no eye sees a difference, and drawing would cost more than deciding.</summary>
    static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(80);

    public void Enrolled(DemoEnrollment enrolled) => console.MarkupLine(CultureInfo.InvariantCulture,
        "[bold]{0}[/] is enrolled: {1} templates from the first {2:F0} seconds of his video.",
        DemoScript.Person, enrolled.Templates, enrolled.Seconds);

    public IReadOnlyList<DemoOutcome> Show(
        DemoStage stage, AccessPolicy policy, TimeProvider? pace, CancellationToken stop)
    {
        var outcomes = new List<DemoOutcome>();
        foreach (var scene in stage.Scenes)
        {
            var held = new DemoPace(pace);
            console.Live(new Text("")).Start(live =>
            {
                AccessDecision? said = null;
                var drawn = TimeSpan.MinValue;
                outcomes.Add(stage.Play(scene, outcomes.Count + 1, ShowFrame, stop));

                void ShowFrame(DemoMoment moment)
                {
                    held.HoldUntil(moment.At, stop);
                    said = moment.Decision ?? said;
                    if (moment.Decision is null && drawn != TimeSpan.MinValue && moment.At - drawn < Redraw) return;

                    drawn = moment.At;
                    live.UpdateTarget(Panel(scene, moment, said, policy));
                }
            });
        }

        return outcomes;
    }

    public void Ended(IReadOnlyList<DemoOutcome> outcomes, string summary)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "visit", "door", "why", "after", "as expected");
        foreach (var one in outcomes)
        {
            table.AddRow(
                $"{one.Number}", Markup.Escape(one.Caption), one.Opened ? "[green]opened[/]" : "[red]stayed shut[/]", one.Reason,
                one.SecondsToDecision is { } seconds ? Text($"{seconds:F2} s") : "-", one.AsExpected ? "[green]yes[/]" : "[red]NO[/]");
        }

        console.Write(table);
        console.MarkupLineInterpolated($"Pictures of every decision and one of all: {summary}");
    }

    static Panel Panel(DemoScene scene, in DemoMoment moment, AccessDecision? said, AccessPolicy policy)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
        Row(grid, "time", Bar(moment.At / scene.Lasts, null, "blue"), Text($"{moment.At.TotalSeconds:F1} of {scene.Lasts.TotalSeconds:F0} s"));
        if (moment.Verdict is { } verdict) Evidence(grid, verdict, policy);
        else Row(grid, "face", "[grey]nobody[/]", "");

        Row(grid, "decision", said switch
        {
            null => "[grey]watching ...[/]",
            { OpensDoor: true } => "[bold green]GRANTED[/]",
            { } denied => $"[bold red]DENIED[/] {denied.Reason.Code()}",
        }, Markup.Escape(said?.Explanation ?? ""));
        Row(grid, "door", moment.DoorOpen ? "[bold black on green] UNLOCKED [/]" : "[bold white on grey23]  LOCKED  [/]", "");
        return new Panel(grid) { Header = new PanelHeader($" {moment.Scene + 1}. {Markup.Escape(scene.Caption)} "), Border = BoxBorder.Rounded, Expand = true };
    }

    static void Evidence(Grid grid, in FrameVerdict verdict, AccessPolicy policy)
    {
        var similarity = verdict.Match?.Similarity ?? 0;
        var (threshold, limit) = (policy.Threshold.Similarity, policy.Options.LivenessMin);
        Row(grid, "face", Text($"{verdict.Box.Width:F0} x {verdict.Box.Height:F0} at {verdict.Box.Left:F0}, {verdict.Box.Top:F0}"), "");
        Row(grid, "similarity", Bar(similarity, threshold, similarity >= threshold ? "green" : "yellow"), Text($"{similarity:F3}, threshold {threshold:F3}"));
        Row(grid, "liveness", Bar(verdict.Liveness, limit, verdict.Liveness >= limit ? "green" : "red"), Text($"{verdict.Liveness:F3}, limit {limit:F2}"));
        var quality = verdict.Quality;
        Row(grid, "quality",
            Text($"eyes {quality.InterEyePixels:F0} px, yaw {quality.Pose.Yaw:F0}, pitch {quality.Pose.Pitch:F0}"),
            Text($"sharpness {quality.Sharpness:F2}, brightness {quality.Brightness:F0}"));
    }

    static void Row(Grid grid, string title, string value, string remark) =>
        grid.AddRow(new IRenderable[] { new Markup($"[grey]{title}[/]"), new Markup(value), new Markup(remark) });

    /// <summary>A bar of 0 to 1 with the limit marked in it.</summary>
    static string Bar(double value, double? limit, string colour)
    {
        var full = (int)Math.Round(Math.Clamp(value, 0, 1) * BarWidth);
        var mark = limit is { } at ? (int)Math.Round(at * BarWidth) : -1;
        var cells = Enumerable.Range(0, BarWidth).Select(i => i == mark ? "[white]|[/]" : i < full ? $"[{colour}]█[/]" : "[grey35]░[/]");
        return string.Concat(cells);
    }

    static string Text(FormattableString text) => Markup.Escape(text.ToString(CultureInfo.InvariantCulture));
}
