using System.Globalization;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>What one does to one door. It says what became of it on the wall.</summary>
[Needs(Permission.Command)]
[StepUp("Unlock", "Release", "Lockout")]
sealed class DoorActModel(DoorWall wall, CommandDesk commands, AuditLog audit) : PageModel
{
    const string Gone = "There is no such door, or its device was revoked. Load the page of doors again.";

    public string Fault { get; private set; } = "";

    public IActionResult OnGet() => Redirect("/doors");

    public Task<IActionResult> OnPostUnlockAsync([FromForm] string? device, [FromForm] string? door, [FromForm] int seconds, CancellationToken stop) =>
        CommandDesk.UnlockFault(seconds) is { } fault ? Task.FromResult<IActionResult>(Refused(fault)) : SendAsync("unlock", device, door, seconds, stop);

    public Task<IActionResult> OnPostLockAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop) => SendAsync("lock", device, door, null, stop);

    public Task<IActionResult> OnPostChallengeAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop) =>
        SendAsync("challenge", device, door, null, stop);

    public Task<IActionResult> OnPostReleaseAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop) =>
        SendAsync("release", device, door, null, stop);

    public Task<IActionResult> OnPostResetAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop) =>
        SendAsync("reset", device, door, null, stop);

    public Task<IActionResult> OnPostLockoutAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop) =>
        SendAsync("lockout", device, door, null, stop);

    public async Task<IActionResult> OnPostForgetAsync([FromForm] string? device, [FromForm] string? door, CancellationToken stop)
    {
        if (!await wall.ForgetAsync(device ?? "", door ?? "", new Doer(audit, User.Actor()), stop)) return Refused(Gone);

        TempData.SayDone($"{door} is off the wall. Nothing was done to the door itself; its next event brings it back.");
        return Redirect($"/devices/{Uri.EscapeDataString(device ?? "")}");
    }

    async Task<IActionResult> SendAsync(string command, string? device, string? door, int? seconds, CancellationToken stop)
    {
        if (device is null || door is null || await wall.FindAsync(device, door, stop) is not { } stands)
            return Refused(Gone);
        // In a fire it is tried whatever was heard of the device.
        if (!stands.IsOnline && command is not "release")
        {
            return Refused($"{device} is offline{(stands.StatusAt is { } since ? $" since {EventText.Time(since)} UTC" : "")}: no order reaches it. "
                + $"Somebody at the device can type: edgeface {command switch { "lockout" => "lockout end ", "challenge" => "challenge --camera ", _ => $"{command} " }}{door}");
        }

        await audit.WriteAsync(
            User.Actor(), $"door.{command}", $"{device}/{door}", seconds is { } said ? string.Create(CultureInfo.InvariantCulture, $"{said} s") : "", stop);
        var id = await commands.SendAsync(new CommandDocument("", device, command, default, default, door, seconds), User.Actor(), stop);
        return Redirect($"/doors?sent={id}");
    }

    PageResult Refused(string fault)
    {
        Fault = fault;
        return Page();
    }
}
