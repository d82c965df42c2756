using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>Hours of a week, holidays and single dates.</summary>
[Needs(Permission.ViewEvents)]
sealed class SiteScheduleModel(SiteStore sites, AuditLog audit) : SitePart(sites, audit)
{
    public string Name { get; private set; } = "";

    public bool IsKnown { get; private set; }

    public async Task<IActionResult> OnGetAsync(string site, [FromQuery] string? schedule, CancellationToken stop)
    {
        if (!await FindAsync(site, stop)) return NotFound();

        Name = schedule ?? "";
        IsKnown = Document["schedules"]?[Name] is not null;
        return Name.Length == 0 || IsKnown ? Page() : NotFound();
    }

    public Task<IActionResult> OnPostAsync(string site, [FromQuery] string? schedule, [FromForm] long version, [FromForm] string? name, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Task.FromResult<IActionResult>(Forbid());

        IsKnown = !string.IsNullOrEmpty(schedule);
        Name = IsKnown ? schedule ?? "" : name?.Trim() ?? "";
        return SaveAsync(site, version, Change, $"schedule {Name}", $"/sites/{Uri.EscapeDataString(site)}#schedules", stop);
    }

    public Task<IActionResult> OnPostDeleteAsync(string site, [FromQuery] string? schedule, [FromForm] long version, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Task.FromResult<IActionResult>(Forbid());

        (Name, IsKnown) = (schedule ?? "", true);
        return SaveAsync(
            site, version, document => (document["schedules"] as JsonObject)?.Remove(Name), $"without schedule {Name}", $"/sites/{Uri.EscapeDataString(site)}#schedules", stop);
    }

    void Change(JsonObject document)
    {
        var form = Request.Form;
        var hours = new JsonObject();
        foreach (var (key, _) in SiteForm.Days) SiteForm.Put(hours, key, SiteForm.OrNone(SiteForm.Hours(form[key])));
        var own = new JsonObject { ["hours"] = hours };
        SiteForm.Put(own, "holidays", SiteForm.OrNone(SiteForm.Many(form["holidays"])));
        SiteForm.Put(own, "holiday_hours", SiteForm.OrNone(SiteForm.Hours(form["holiday_hours"])));
        SiteForm.Put(own, "exceptions", SiteForm.Exceptions(form["exceptions"]) is { Count: > 0 } dates ? dates : null);
        SiteForm.Map(document, "schedules")[Name] = own;
    }
}
