using System.Globalization;
using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>One door's policy: its rules, areas, and open hours.</summary>
[Needs(Permission.ViewEvents)]
sealed class SiteDoorModel(SiteStore sites, AuditLog audit) : SiteEntry(sites, audit, "door")
{
    /// <summary>Empty rules at the end of the form.</summary>
    public const int Spare = 2;

    const int RulesMax = 202;

    public Task<IActionResult> OnGetAsync(string site, [FromQuery] string? door, CancellationToken stop) => ShowEntryAsync(site, door, stop);

    public Task<IActionResult> OnPostAsync(string site, [FromQuery] string? door, [FromForm] long version, [FromForm] string? name, CancellationToken stop) =>
        SaveEntryAsync(site, door, version, name, stop);

    public Task<IActionResult> OnPostDeleteAsync(string site, [FromQuery] string? door, [FromForm] long version, CancellationToken stop) =>
        DeleteEntryAsync(site, door, version, stop);

    protected override JsonObject Typed()
    {
        var form = Request.Form;
        var own = new JsonObject { ["rules"] = Rules() };
        SiteForm.Put(own, "from", SiteForm.Text(form["from"]));
        SiteForm.Put(own, "to", SiteForm.Text(form["to"]));
        if (SiteForm.Text(form["passback"]) is { } kind)
        {
            var passback = new JsonObject { ["kind"] = kind };
            SiteForm.Put(passback, "minutes", SiteForm.Number(form["minutes"]));
            own["anti_passback"] = passback;
        }

        SiteForm.Put(own, "first_person", SiteForm.OrNone(SiteForm.Many(form["first"])));
        if (SiteForm.Text(form["unlock"]) is { } schedule)
            own["unlock"] = new JsonObject { ["schedule"] = schedule, ["after_first_person"] = form["unlock_at_once"] != "yes" };
        return own;
    }

    JsonArray Rules()
    {
        var form = Request.Form;
        var rules = new List<(int Place, int Row, JsonObject Rule)>();
        for (var i = 0; i < Math.Min(RulesMax, int.TryParse(form["rules"], out var count) ? count : 0); i++)
        {
            if (form[$"rule-{i}-groups"] is not { Count: > 0 } groups) continue;

            var rule = new JsonObject { ["groups"] = SiteForm.Many(groups) };
            if (form[$"rule-{i}-schedule"].ToString() is { Length: > 0 } schedule && schedule != EdgeFace.Sites.Site.Always) rule["schedule"] = schedule;
            if (form[$"rule-{i}-mode"].ToString() is { Length: > 0 } mode && mode != SiteForm.Modes[0].Key) rule["mode"] = mode;
            if (form[$"rule-{i}-two"] == "yes") rule["two_person"] = true;
            rules.Add((int.TryParse(form[$"rule-{i}-place"], CultureInfo.InvariantCulture, out var place) ? place : i + 1, i, rule));
        }

        return [.. rules.OrderBy(each => each.Place).ThenBy(each => each.Row).Select(each => (JsonNode)each.Rule)];
    }
}
