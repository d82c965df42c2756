using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>From now on nothing of a device is believed.</summary>
[Needs(Permission.Fleet)]
[StepUp]
sealed class DeviceRevokeModel(DeviceStore devices, Provisioning provisioning, AuditLog audit) : PageModel
{
    public Device? Device { get; private set; }

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken stop)
    {
        Device = await devices.FindAsync(name, stop);
        return Device is { Revoked: null } ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(string name, CancellationToken stop)
    {
        if (!await provisioning.RevokeAsync(name, new Doer(audit, User.Actor()), stop)) return NotFound();

        return Redirect($"/devices/{Uri.EscapeDataString(name)}");
    }
}
