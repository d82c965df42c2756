using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The site document that a device is to have. What is wrong with it, the device says.</summary>
[Needs(Permission.Fleet)]
sealed class DeviceSettingsModel(DeviceStore devices, SettingsDesk desk, AuditLog audit) : PageModel
{
    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Fault { get; private set; }

    public Device? Device { get; private set; }

    public string Site { get; private set; } = "";

    public bool IsSent { get; private set; }

    public async Task<IActionResult> OnGetAsync(string name, string? sent, CancellationToken stop)
    {
        Device = await devices.FindAsync(name, stop);
        if (Device is not { Revoked: null }) return NotFound();

        IsSent = sent is not null;
        Site = await devices.DesiredSiteAsync(name, stop) is { } site ? JsonSerializer.Serialize(JsonElement.Parse(site), Readable) : "";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string name, [FromForm] string? site, CancellationToken stop)
    {
        Device = await devices.FindAsync(name, stop);
        if (Device is not { Revoked: null }) return NotFound();

        Site = site ?? "";
        try
        {
            await desk.DesireAsync(name, Site, stop, by: new Doer(audit, User.Actor()));
            return Redirect($"/devices/{Uri.EscapeDataString(name)}/settings?sent=1");
        }
        catch (FormatException e)
        {
            Fault = e.Message;
            return Page();
        }
    }
}
