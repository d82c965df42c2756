using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Rollouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>How a roll-out stands, and what one may do with it.</summary>
[Needs(Permission.ViewEvents)]
sealed class RolloutOneModel(RolloutDesk desk) : PageModel
{
    public const int DevicesShown = 500;

    public string? Fault { get; private set; }

    public Rollout? Rollout { get; private set; }

    public IReadOnlyList<RolloutDevice> Devices { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken stop)
    {
        Rollout = await desk.Store.FindAsync(id, stop);
        if (Rollout is null) return NotFound();

        Devices = await desk.Store.DevicesAsync(id, stop);
        return Page();
    }

    public Task<IActionResult> OnPostHaltAsync(string id, CancellationToken stop) => DoAsync(id, desk.HaltAsync, stop);

    public Task<IActionResult> OnPostGoOnAsync(string id, CancellationToken stop) => DoAsync(id, desk.GoOnAsync, stop);

    public Task<IActionResult> OnPostBackAsync(string id, CancellationToken stop) => DoAsync(id, desk.RollBackAsync, stop);

    public static string State(RolloutDevice device) => device switch
    {
        { IsRevoked: true } => "revoked",
        { IsOverruled: true, Back: > 0 } => $"was given back what it had, as version {device.Back}",
        { IsOverruled: true } => "told something else since, and left alone",
        { Back: 0 } => "keeps it: it had its own file before",
        { IsRefusing: true } => $"refuses: {device.Faults}",
        { IsChanged: true, IsGone: true } => "has it, and went offline since",
        { IsChanged: true } => "has it",
        { Told: not null, IsOnline: false } => "offline: gets it when it comes back",
        { Told: not null } => "on its way",
        _ => "waits for its stage",
    };

    async Task<IActionResult> DoAsync(string id, Func<string, string, CancellationToken, Task<bool>> act, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Forbid();
        if (await act(id, User.Actor(), stop)) return Redirect($"/rollouts/{Uri.EscapeDataString(id)}");

        Fault = "It stands otherwise by now, and nothing was done: look again.";
        return await OnGetAsync(id, stop);
    }
}
