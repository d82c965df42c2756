using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Locks one door or the whole site against everybody, and ends that.</summary>
[Needs(Permission.Lockdown)]
[StepUp("End")]
sealed class LockdownModel(DoorWall wall, CommandDesk commands, AuditLog audit) : PageModel
{
    public string? Fault { get; private set; }

    public string? Device { get; private set; }

    public string? Door { get; private set; }

    public FleetFigures Fleet { get; private set; } = FleetFigures.None;

    public Task<IActionResult> OnGetAsync([FromQuery] string? device, [FromQuery] string? door, CancellationToken stop) => ShowAsync(device, door, stop);

    public Task<IActionResult> OnPostAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop) => SendAsync(device, door, off: false, stop);

    public Task<IActionResult> OnPostEndAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop) => SendAsync(device, door, off: true, stop);

    async Task<IActionResult> SendAsync(string? device, string? door, bool off, CancellationToken stop)
    {
        if (device is null || door is null)
        {
            // Once asked for it is done, though the phone be put away meanwhile.
            await audit.WriteAsync(User.Actor(), off ? "site.lockdown-end" : "site.lockdown", "all devices", "", CancellationToken.None);
            var devices = await commands.SendToAllAsync("lockdown", off, User.Actor(), CancellationToken.None);
            if (devices > 0) return Redirect("/commands");

            Fault = "There is no device to send it to.";
            return await ShowAsync(null, null, stop);
        }

        if (await wall.FindAsync(device, door, stop) is null)
        {
            Fault = "There is no such door, or its device was revoked.";
            return await ShowAsync(null, null, stop);
        }

        await audit.WriteAsync(User.Actor(), off ? "door.lockdown-end" : "door.lockdown", $"{device}/{door}", "", stop);
        var id = await commands.SendAsync(new CommandDocument("", device, "lockdown", default, default, door, Off: off ? true : null), User.Actor(), stop);
        return Redirect($"/doors?sent={id}");
    }

    async Task<IActionResult> ShowAsync(string? device, string? door, CancellationToken stop)
    {
        if (device is not null && door is not null) (Device, Door) = (device, door);
        Fleet = await wall.FiguresAsync(stop);
        return Page();
    }
}
