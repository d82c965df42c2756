using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Devices that a site goes to, with what would change there.</summary>
/// <param name="Devices">That have the same in force.</param>
/// <param name="Changes">From that to this.</param>
/// <param name="IsKnown">What is in force there is known here.</param>
sealed record SiteReview(IReadOnlyList<SiteReach> Devices, IReadOnlyList<SiteChange> Changes, bool IsKnown);

/// <summary>Brings a site to devices at once.</summary>
[Needs(Permission.Fleet)]
sealed class SiteSendModel(SiteStore sites, SiteReaches reaches, SettingsDesk desk, AuditLog audit) : PageModel
{
    const int DevicesMax = 500;

    public string Site { get; private set; } = "";

    public long Version { get; private set; }

    public string? Fault { get; private set; }

    public string? Done { get; private set; }

    public IReadOnlyList<string> Doors { get; private set; } = [];

    public IReadOnlyList<SiteReach> Devices { get; private set; } = [];

    public IReadOnlyList<SiteReview> Reviewed { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string site, CancellationToken stop) => await FindAsync(site, stop) is null ? NotFound() : Page();

    public async Task<IActionResult> OnPostReviewAsync(string site, [FromForm] string? all, [FromForm] string[] device, CancellationToken stop)
    {
        if (await FindAsync(site, stop) is not { } draft) return NotFound();

        var chosen = all == "yes" ? Devices : [.. Devices.Where(one => device.Contains(one.Device))];
        if (chosen.Count == 0) Fault = "Choose a device first.";
        Reviewed =
        [
            .. chosen.GroupBy(one => one.AppliedSite).Select(group => new SiteReview([.. group], SiteChange.Between(group.Key, draft.Body), group.Key is not null)),
        ];
        return Page();
    }

    public async Task<IActionResult> OnPostSendAsync(string site, [FromForm] long version, [FromForm] string[] device, [FromForm] long[] seen, CancellationToken stop)
    {
        if (await FindAsync(site, stop) is not { } draft) return NotFound();

        if (draft.Version != version)
        {
            Fault = $"{draft.By} has changed this site meanwhile (version {draft.Version}): nothing was sent. Look again at what would change.";
            return Page();
        }

        var (sent, missed) = (0, new List<string>());
        foreach (var (name, was) in device.Zip(seen).Take(DevicesMax))
        {
            if (await desk.DesireAsync(name, draft.Body, stop, was, new Doer(audit, User.Actor(), $"site {site} version {version}, as ")) > 0)
            {
                sent++;
            }
            else
            {
                missed.Add(name);
            }
        }

        await FindAsync(site, stop);
        Done = $"Sent to {sent} devices.";
        if (missed.Count > 0) Fault = $"Somebody else has changed what these are to have since you looked, so they were left alone: {string.Join(", ", missed)}. Look again.";
        return Page();
    }

    async Task<SiteDraft?> FindAsync(string name, CancellationToken stop)
    {
        if (await sites.FindAsync(name, stop) is not { } draft) return null;

        (Site, Version) = (draft.Name, draft.Version);
        Doors = [.. SiteDraft.Check(draft.Body).Site?.Doors.Keys ?? []];
        Devices = await reaches.ListAsync(null, "", DevicesMax, stop);
        return draft;
    }
}
