using System.Globalization;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Sites;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Who may pass a door at a moment.</summary>
[Needs(Permission.ViewEvents)]
sealed class SitePreviewModel(SiteStore sites, KnownPeople known, TimeProvider time) : PageModel
{
    public const int PeopleShown = 200;

    public string Site { get; private set; } = "";

    public IReadOnlyList<string> Doors { get; private set; } = [];

    public string? Door { get; private set; }

    /// <summary>On the site's wall.</summary>
    public DateTime At { get; private set; }

    public bool IsUnlocked { get; private set; }

    /// <summary>People: how many of the group; null: not for these eyes.</summary>
    public IReadOnlyList<(string Group, Passing Passing, int? People)> ByGroup { get; private set; } = [];

    /// <summary>Who is enrolled, not suspended, and valid then; null: not for these eyes.</summary>
    public IReadOnlyList<(Person Person, Passing Passing)>? People { get; private set; }

    public async Task<IActionResult> OnGetAsync(string site, string? door, DateTime? at, CancellationToken stop)
    {
        if (await sites.FindAsync(site, stop) is not { } draft || SiteDraft.Check(draft.Body).Site is not { } rules) return NotFound();

        var zone = LocalClock.Find(rules.TimeZone) ?? TimeZoneInfo.Utc;
        (Site, Doors) = (site, [.. rules.Doors.Keys]);
        At = at ?? TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime;
        Door = door is not null && rules.Doors.ContainsKey(door) ? door : Doors is [var any, ..] ? any : null;
        if (Door is null) return Page();

        IsUnlocked = Passing.IsUnlocked(rules, Door, At);
        if (User.May(Permission.ViewPeople)) People = [.. await PassingAsync(rules, Door, zone, stop)];
        ByGroup =
        [
            .. new[] { EdgeFace.Sites.Site.Everyone }.Concat(rules.Groups ?? []).Select(group => (
                group, Passing.Of(rules, Door, [group], At),
                People?.Count(one => group == EdgeFace.Sites.Site.Everyone || one.Person.Groups.Contains(group)))),
        ];
        return Page();
    }

    public static string Words(Passing passing) => passing switch
    {
        { Rule: not null, NeedsFirstPerson: true } => "yes, once the day's first person has passed",
        { Rule: not null } => "yes",
        { IsFor: false } => "no: no rule is for it",
        { MinutesToNext: < 0 } => "no: not at this time",
        _ => string.Create(CultureInfo.InvariantCulture, $"no: in {passing.MinutesToNext / 60:0.#} hours"),
    };

    public static string With(AccessRule rule) =>
        $"{SiteForm.Modes.FirstOrDefault(mode => mode.Key == rule.Mode.Code()).Name}{(rule.TwoPerson ? ", two people" : "")} ({rule.Schedule})";

    async Task<IEnumerable<(Person, Passing)>> PassingAsync(Site rules, string door, TimeZoneInfo zone, CancellationToken stop)
    {
        var moment = new DateTimeOffset(At, zone.GetUtcOffset(At));
        return (await known.AllAsync(stop)).Values
            .Where(person => person.Suspended is null && !(person.Details.ValidFrom > moment) && !(person.Details.ValidUntil <= moment))
            .OrderBy(person => person.Name, StringComparer.OrdinalIgnoreCase)
            .Select(person => (person, Passing.Of(rules, door, person.Groups, At)));
    }
}
