using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>Groups by doors: when each may pass.</summary>
[Needs(Permission.ViewEvents)]
sealed class SiteMatrixModel(SiteStore sites, AuditLog audit) : SitePart(sites, audit)
{
    public async Task<IActionResult> OnGetAsync(string site, CancellationToken stop) => await FindAsync(site, stop) ? Page() : NotFound();

    public Task<IActionResult> OnPostAsync(string site, [FromForm] long version, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Task.FromResult<IActionResult>(Forbid());

        return SaveAsync(site, version, Change, "who may pass where", $"/sites/{Uri.EscapeDataString(site)}/matrix", stop);
    }

    /// <returns>The schedule, "" for never, null where more than one rule names the group; and what else there is to say.</returns>
    public (string? Schedule, string More) Cell(string group, string door)
    {
        var rules = RulesOf(Document, group, door);
        if (rules.Count == 0) return ("", "");
        if (rules.Count > 1) return (null, $"{rules.Count} rules");

        var mode = SiteForm.Show(rules[0]["mode"]);
        var two = SiteForm.Show(rules[0]["two_person"]) == "true" ? "two people" : "";
        return (ScheduleOf(rules[0]), string.Join(", ", new[] { mode is "face" ? "" : mode, two }.Where(part => part.Length > 0)));
    }

    static string ScheduleOf(JsonObject rule) => SiteForm.Show(rule["schedule"]) is { Length: > 0 } said ? said : EdgeFace.Sites.Site.Always;

    static List<JsonObject> RulesOf(JsonObject document, string group, string door) =>
        [.. (document["doors"]?[door]?["rules"] as JsonArray ?? []).OfType<JsonObject>().Where(rule => SiteForm.Names(rule["groups"]).Contains(group))];

    void Change(JsonObject document)
    {
        var (groups, doors) = (Groups, Doors);
        for (var g = 0; g < groups.Count; g++)
        {
            for (var d = 0; d < doors.Count; d++)
                if (Request.Form.TryGetValue($"c-{g}-{d}", out var wish)) Put(document, groups[g], doors[d], wish.ToString());
        }
    }

    /// <summary>A rule that others share is left to them: the group gets one of its own in its place.</summary>
    static void Put(JsonObject document, string group, string door, string schedule)
    {
        if (document["doors"]?[door]?["rules"] is not JsonArray rules) return;

        var own = RulesOf(document, group, door);
        if (own.Count > 1 || (own.Count == 0 ? schedule.Length == 0 : ScheduleOf(own[0]) == schedule)) return;

        var place = own.Count == 0 ? rules.Count : rules.IndexOf(own[0]);
        var rule = own.Count == 0 ? [] : own[0].DeepClone().AsObject();
        if (own.Count > 0)
        {
            var left = SiteForm.Names(own[0]["groups"]).Where(name => name != group).ToArray();
            if (left.Length == 0) rules.RemoveAt(place);
            else own[0]["groups"] = SiteForm.Many(left);
        }

        if (schedule.Length == 0) return;

        rule["groups"] = SiteForm.Many([group]);
        SiteForm.Put(rule, "schedule", schedule == EdgeFace.Sites.Site.Always ? null : schedule);
        rules.Insert(place, rule);
    }
}
