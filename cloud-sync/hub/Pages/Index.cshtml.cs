using System.Globalization;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Rollouts;
using EdgeFace.Hub.Webhooks;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>What one sees first: the site at a glance.</summary>
[Needs(Permission.ViewEvents)]
sealed class IndexModel(
    EventFigures events, DoorWall wall, GalleryStore galleries, KnownPeople people, HubLink link, HubKeys keys, WebhookStore webhooks, RolloutStore rollouts) : PageModel
{
    /// <summary>Reasons that have a colour of their own; the rest stands together.</summary>
    static readonly string[] Shown = ["denied.spoof", "denied.unknown", "denied.out-of-schedule"];

    public static readonly IReadOnlyList<string> SeriesClasses = ["sok", "s2", "s3", "s4", "s5"];

    public static IReadOnlyList<string> SeriesNames { get; } = ["Granted", .. Shown.Select(EventText.Kind), "Denied otherwise"];

    public DayFigures Day { get; private set; } = new(default, 0, [], []);

    public FleetFigures Fleet { get; private set; } = FleetFigures.None;

    public IReadOnlyList<GalleryVersion> Galleries { get; private set; } = [];

    /// <summary>Roll-outs that wait for an operator.</summary>
    public IReadOnlyList<Rollout> Halted { get; private set; } = [];

    public int People { get; private set; }

    public bool IsLinked => link.IsOnline;

    public string? LinkFault => link.Fault;

    public string? SigningFault => keys.TokenFault;

    /// <summary>Whose receivers take nothing.</summary>
    public IReadOnlyList<Webhook> Webhooks { get; private set; } = [];

    public IReadOnlyList<ChartBar> Hours { get; private set; } = [];

    public IReadOnlyList<ChartBar> Swift { get; private set; } = [];

    public IReadOnlyList<(double At, string Words)> Marks { get; private set; } = [];

    public IReadOnlyList<(string Label, long Value, string Class)> Versions { get; private set; } = [];

    /// <summary>Why decisions were denied, the most frequent first.</summary>
    public IReadOnlyList<(string Kind, long Count)> Reasons { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop)
    {
        Day = await events.LastDayAsync(stop);
        Fleet = await wall.FiguresAsync(stop);
        Halted = [.. (await rollouts.OpenAsync(stop)).Where(rollout => rollout.State is RolloutState.Halted)];
        Galleries = await galleries.AllAsync(stop);
        Webhooks = await webhooks.TroubledAsync(stop);
        People = (await people.AllAsync(stop)).Count;
        Hours = [.. Enumerable.Range(0, Day.Hours).Select(hour => HourBar(Day.From.AddHours(hour)))];
        var classes = EventSummary.LatencyClasses;
        Swift = [.. Day.Swift.Select((count, i) => new ChartBar(i < classes.Length ? $"{classes[i]}" : "more", [count]))];
        Marks = [.. new[] { (0.5, "p50"), (0.95, "p95") }.Select(each => Mark(each.Item1, each.Item2)).OfType<(double, string)>()];
        Versions =
        [
            .. Fleet.Versions.Take(8).Select(each => (
                each.Version == 0 ? "none yet" : $"{each.Gallery} {each.Version}", each.Devices, IsNewest(each.Gallery, each.Version) ? "sok" : "s3")),
        ];
        Reasons =
        [
            .. Day.Counts.Where(each => each.Kind != "granted").GroupBy(each => each.Kind)
                .Select(kind => (kind.Key, kind.Sum(each => each.Count))).OrderByDescending(each => each.Item2),
        ];
    }

    public bool IsNewest(string gallery, long version) => Galleries.Any(each => each.Name == gallery && each.State?.Version == version);

    /// <summary>How long so many of the decisions took at most, as far as their classes tell.</summary>
    public string Within(double part) => (Day.Swift.Sum(), Day.Percentile(part)) switch
    {
        (0, _) => "-",
        (_, null) => $"over {EventSummary.LatencyClasses[^1]} ms",
        var (_, ms) when ms <= EventSummary.LatencyClasses[0] => $"under {EventSummary.LatencyClasses[0]} ms",
        var (_, ms) => string.Create(CultureInfo.InvariantCulture, $"about {ms:0} ms"),
    };

    ChartBar HourBar(DateTimeOffset hour)
    {
        var counts = Day.Counts.Where(each => each.Hour == hour).ToArray();
        var granted = counts.Where(each => each.Kind == "granted").Sum(each => each.Count);
        var shown = Shown.Select(kind => counts.Where(each => each.Kind == kind).Sum(each => each.Count)).ToArray();
        return new ChartBar(
            hour.ToString("HH", CultureInfo.InvariantCulture), [granted, .. shown, counts.Sum(each => each.Count) - granted - shown.Sum()]);
    }

    (double, string)? Mark(double part, string name) =>
        Day.Percentile(part) is { } ms && Charts.Place(ms, EventSummary.LatencyClasses, EventSummary.LatencyClasses.Length + 1) is { } at
            ? (at, $"{name} {Within(part)}") : null;
}
