using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The sites that are worked on.</summary>
[Needs(Permission.ViewEvents)]
sealed class SitesModel(SiteStore sites, SiteReaches reaches, DeviceStore devices, AuditLog audit) : PageModel
{
    const int DevicesMax = 500;

    public string? Fault { get; private set; }

    public string? Name { get; private set; }

    public IReadOnlyList<SiteDraft> All { get; private set; } = [];

    /// <summary>That have settings of this hub.</summary>
    public IReadOnlyList<string> Devices { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop)
    {
        All = await sites.ListAsync(stop);
        Devices = [.. (await reaches.ListAsync(null, "", DevicesMax, stop)).Where(device => device.DesiredSite is not null).Select(device => device.Device)];
    }

    public async Task<IActionResult> OnPostAsync([FromForm] string? name, [FromForm] string? from, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Forbid();

        Name = name?.Trim() ?? "";
        var outcome = await sites.SaveAsync(Name, await BodyAsync(from ?? "", stop), 0, new Doer(audit, User.Actor()), stop);
        if (outcome.IsDone) return Redirect($"/sites/{Uri.EscapeDataString(Name)}");

        Fault = outcome.Newer is not null ? $"There is a site {Name} already: choose another name."
            : string.Join(" ", outcome.Faults.Select(fault => $"{fault.Path}: {fault.What}."));
        await OnGetAsync(stop);
        return Page();
    }

    async Task<string> BodyAsync(string from, CancellationToken stop)
    {
        if (from.StartsWith("device:", StringComparison.Ordinal) && await devices.DesiredSiteAsync(from["device:".Length..], stop) is { } site)
            return JsonNode.Parse(site)?.ToJsonString(SiteStore.Readable) ?? site;
        if (from.StartsWith("site:", StringComparison.Ordinal) && await sites.FindAsync(from["site:".Length..], stop) is { } other) return other.Body;

        var doors = new JsonObject();
        foreach (var door in (await reaches.ListAsync(null, "", DevicesMax, stop)).SelectMany(device => device.Doors).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            doors[door] = new JsonObject { ["rules"] = new JsonArray() };
        if (doors.Count == 0) doors["front"] = new JsonObject { ["rules"] = new JsonArray() };
        return new JsonObject { ["doors"] = doors }.ToJsonString(SiteStore.Readable);
    }
}
