using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>Hours of a week, holidays and single dates.</summary>
[Needs(Permission.ViewEvents)]
sealed class SiteScheduleModel(SiteStore sites, AuditLog audit) : SiteEntry(sites, audit, "schedule")
{
    public Task<IActionResult> OnGetAsync(string site, [FromQuery] string? schedule, CancellationToken stop) => ShowEntryAsync(site, schedule, stop);

    public Task<IActionResult> OnPostAsync(string site, [FromQuery] string? schedule, [FromForm] long version, [FromForm] string? name, CancellationToken stop) =>
        SaveEntryAsync(site, schedule, version, name, stop);

    public Task<IActionResult> OnPostDeleteAsync(string site, [FromQuery] string? schedule, [FromForm] long version, CancellationToken stop) =>
        DeleteEntryAsync(site, schedule, version, stop);

    protected override JsonObject Typed()
    {
        var form = Request.Form;
        var hours = new JsonObject();
        foreach (var (key, _) in SiteForm.Days) SiteForm.Put(hours, key, SiteForm.OrNone(SiteForm.Hours(form[key])));
        var own = new JsonObject { ["hours"] = hours };
        SiteForm.Put(own, "holidays", SiteForm.OrNone(SiteForm.Many(form["holidays"])));
        SiteForm.Put(own, "holiday_hours", SiteForm.OrNone(SiteForm.Hours(form["holiday_hours"])));
        SiteForm.Put(own, "exceptions", SiteForm.Exceptions(form["exceptions"]) is { Count: > 0 } dates ? dates : null);
        return own;
    }
}
