using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>A new device: its name, the command to type at it, and whether it has come. Also the second step of the set-up of a hub.</summary>
[Needs(Permission.Fleet)]
sealed class DeviceAddModel(DeviceStore devices, Provisioning provisioning, HubAddress address, AuditLog audit, TimeProvider time) : PageModel
{
    public string? Fault { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>What to type; shown once.</summary>
    public string? Command { get; private set; }

    /// <summary>The same in a clone.</summary>
    public string? CloneCommand { get; private set; }

    public string? Code { get; private set; }

    public DateTimeOffset Until { get; private set; }

    /// <summary>Null: it has not come yet.</summary>
    public Device? Come { get; private set; }

    public bool IsAwaited { get; private set; }

    /// <summary>There is a device of that name, which the code would replace.</summary>
    public bool IsKnown { get; private set; }

    public bool IsSetup => Request.Path.StartsWithSegments("/setup");

    public string Here => IsSetup ? "/setup/door" : "/devices/add";

    public async Task OnGetAsync(string? device, CancellationToken stop)
    {
        Name = device ?? "";
        if (Name.Length == 0) return;

        var awaited = (await provisioning.AwaitedAsync(stop)).FirstOrDefault(one => one.Device == Name);
        (IsAwaited, Until) = (awaited is not null, awaited?.Expires ?? default);
        if (!IsAwaited && await devices.FindAsync(Name, stop) is { Revoked: null } come) Come = come;
    }

    public async Task<IActionResult> OnPostCancelAsync([FromForm] string? device, CancellationToken stop)
    {
        if (await provisioning.CancelAsync(device ?? "", new Doer(audit, User.Actor()), stop))
        {
            TempData.SayDone($"The code for {device} was cancelled: nobody can use it any more.");
            return Redirect(IsSetup ? Here : "/devices");
        }

        await OnGetAsync(device, stop);
        Fault = Come is null ? "There is no code for it that is still good."
            : "The code was used already: that device is registered now. If it is not yours, revoke it on its page.";
        return Page();
    }

    public async Task OnPostAsync([FromForm] string? device, CancellationToken stop)
    {
        Name = device?.Trim() ?? "";
        try
        {
            IsKnown = await devices.FindAsync(Name, stop) is { Revoked: null };
            Code = await provisioning.InviteAsync(Name, new Doer(audit, User.Actor()), stop);
            (Command, CloneCommand, IsAwaited, Until) = (address.CommandFor(Name, Code), address.CloneCommandFor(Name, Code), true, time.GetUtcNow() + Provisioning.Lasts);
        }
        catch (FormatException e)
        {
            Fault = e.Message;
        }
    }
}
