using EdgeFace.Hosting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeFace.Cli;

/// <summary>How the daemon is, for people.</summary>
static class StatusText
{
    const string Nothing = "-";

    public static IEnumerable<IRenderable> Of(StatusReport report)
    {
        yield return Head(report);
        yield return Of(report.Doors);
        yield return Of(report.Cameras);
    }

    public static Table Of(IReadOnlyList<DoorReport> doors)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("door", "state", "held by", "mode", "camera", "last decision", "locked out", "liveness", "prompt");
        foreach (var door in doors)
        {
            AddRow(table, door.Name, door.State, door.Hold ?? Nothing, door.Mode, door.Camera,
                door.LastReason is { } reason ? $"{reason}, {Ago(door.LastAgeSeconds)}" : Nothing,
                door.LockedOutSeconds is { } seconds ? $"for {Span(seconds)}" : Nothing,
                $"{door.LivenessMin ?? 0:0.####}, {(door.LivenessCalibrated ? "calibrated" : "not calibrated")}", door.Prompt ?? Nothing);
        }

        return table;
    }

    static Table Of(IReadOnlyList<CameraReport> cameras)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("camera", "state", "picture", "frames/s", "frames", "dropped", "reconnects");
        foreach (var camera in cameras)
        {
            AddRow(table, camera.Name, camera.State, camera.Scene is "none" ? "ok" : camera.Scene,
                $"{camera.FramesPerSecond:F1}", $"{camera.Frames:N0}", $"{camera.Drops:N0}",
                $"{camera.Reconnects:N0}");
        }

        return table;
    }

    static Grid Head(StatusReport report)
    {
        var (gallery, journal) = (report.Gallery, report.Journal);
        var grid = new Grid().AddColumns(2);
        (string Key, string Value)[] rows =
        [
            ("device", $"{report.Device}, edgeface {report.Version}"),
            ("running", $"for {Span(report.UptimeSeconds)}, since {report.StartedAt:u}"),
            ("clock", report.ClockTrusted ? "trusted" : "not trusted: schedules deny until it is (edgeface clock trust)"),
            ("gallery", $"{gallery.People:N0} people, {gallery.Templates:N0} templates, revision {gallery.Revision}, "
                + $"read {Ago(gallery.AgeSeconds)}"),
            ("threshold", Limit(gallery)),
            ("journal", $"{journal.Written:N0} written, {journal.Lost:N0} lost, last {journal.LastSequence}, "
                + $"{journal.OutboxDepth:N0} wait to be sent"),
            .. report.Cloud is { } cloud ? (IEnumerable<(string, string)>)[("cloud", Of(cloud))] : [],
            .. report.Models.Select(model => ("model", $"{model.Kind}: {model.Model} on {model.Provider}{(model.Ms is { } ms ? FormattableString.Invariant($", {ms:F1} ms") : "")}")),
            .. report.Warnings.Select(warning => ("see to", warning)),
        ];
        foreach (var (key, value) in rows) grid.AddRow(Safe(key), Safe(value));
        return grid;
    }

    static string Of(CloudReport cloud) => $"{cloud.State}{(cloud.Reason.Length > 0 ? $" ({cloud.Reason})" : "")}, keys version "
        + $"{cloud.TrustVersion}, settings {(cloud.SettingsVersion == 0 ? "of the device's own file" : $"version {cloud.SettingsVersion}")}"
        + (cloud.SettingsRefused is { } refused ? $", version {refused} refused" : "")
        + (cloud.GalleryVersion > 0 ? $", gallery version {cloud.GalleryVersion}" : ", no gallery pushed yet");

    static string Limit(GalleryReport gallery) => gallery is { Threshold: { } threshold, Fpir: { } fpir }
        ? $"{threshold:F3}, lets through {fpir:0.0##%} of strangers at that size" : "nobody is enrolled";

    static string Ago(double? seconds) => seconds is { } past ? $"{Span(past)} ago" : "at no known time";

    static string Span(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalMinutes: < 1 } span => $"{span.TotalSeconds:F0} s",
        { TotalHours: < 1 } span => $"{span.TotalMinutes:F0} min",
        { TotalDays: < 1 } span => $"{span.Hours} h {span.Minutes} min",
        var span => $"{span.Days} d {span.Hours} h",
    };

    static void AddRow(Table table, params string[] cells) => table.AddRow([.. cells.Select(Safe)]);

    /// <summary>Names come from a profile: they are printed and not obeyed, by terminal and markup alike.</summary>
    static string Safe(string text) => Markup.Escape(PlainText.Of(text));
}
