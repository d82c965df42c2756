using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>A site at a glance, and what holds for all of it.</summary>
[Needs(Permission.ViewEvents)]
sealed class SiteOneModel(SiteStore sites, SiteReaches reaches, Groups groups, AuditLog audit) : SitePart(sites, audit)
{
    const int DevicesMax = 500, HolidaysMax = 1000;

    readonly SiteStore _sites = sites;
    readonly AuditLog _audit = audit;

    /// <summary>Groups that people are in and the site does not name.</summary>
    public IReadOnlyList<string> Unnamed { get; private set; } = [];

    /// <summary>Devices that are to have just this.</summary>
    public IReadOnlyList<SiteReach> There { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string site, CancellationToken stop)
    {
        if (!await FindAsync(site, stop)) return NotFound();

        await LookAsync(site, stop);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string site, [FromForm] long version, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Forbid();

        var answer = await SaveAsync(site, version, Change, "the whole site's", $"/sites/{Uri.EscapeDataString(site)}", stop);
        await LookAsync(site, stop);
        return answer;
    }

    public async Task<IActionResult> OnPostDeleteAsync(string site, [FromForm] long version, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Forbid();

        return await _sites.DeleteAsync(site, version, new Doer(_audit, User.Actor()), stop) ? Redirect("/sites") : await OnGetAsync(site, stop);
    }

    async Task LookAsync(string site, CancellationToken stop)
    {
        if (await _sites.FindAsync(site, stop) is not { } draft) return;

        There = [.. (await reaches.ListAsync(null, "", DevicesMax, stop)).Where(device => device.DesiredSite == draft.Compact)];
        Unnamed = User.May(Permission.ViewPeople)
            ? [.. (await groups.ListAsync(stop)).Select(group => group.Name).Except(SiteForm.Names(Document["groups"]), StringComparer.Ordinal)] : [];
    }

    void Change(JsonObject document)
    {
        var form = Request.Form;
        string? Field(string name) => form[name].ToString();
        SiteForm.Put(document, "time_zone", SiteForm.Text(Field("time_zone")));
        SiteForm.Put(document, "groups", SiteForm.OrNone(SiteForm.Lines(Field("groups"))));
        SiteForm.Put(document, "areas", SiteForm.OrNone(SiteForm.Lines(Field("areas"))));
        foreach (var key in new[] { "second_factor_seconds", "partner_seconds", "gallery_age_max_hours" }) SiteForm.Put(document, key, SiteForm.Number(Field(key)));
        SiteForm.Put(document, "hours_need_trusted_clock", Field("hours_need_trusted_clock") == "no" ? false : null);
        var lockout = new JsonObject();
        foreach (var key in new[] { "attempts", "seconds", "seconds_max" }) SiteForm.Put(lockout, key, SiteForm.Number(Field(key)));
        SiteForm.Put(document, "lockout", lockout.Count > 0 ? lockout : null);
        var holidays = new JsonObject();
        for (var i = 0; i < Math.Min(HolidaysMax, int.TryParse(Field("holidays"), out var count) ? count : 0); i++)
            if (SiteForm.Text(Field($"holiday-{i}")) is { } name) holidays[SiteForm.Show(name)] = SiteForm.Lines(Field($"holiday-{i}-dates"));
        SiteForm.Put(document, "holidays", holidays.Count > 0 ? holidays : null);
    }
}
