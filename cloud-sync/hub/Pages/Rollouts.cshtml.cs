using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Rollouts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>All roll-outs, the newest first.</summary>
[Needs(Permission.ViewEvents)]
sealed class RolloutsModel(RolloutStore rollouts) : PageModel
{
    public IReadOnlyList<Rollout> All { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop) => All = await rollouts.ListAsync(stop);

    public static (string Words, string Tone) State(Rollout rollout) => rollout.State switch
    {
        RolloutState.Running => ("goes on", "info"),
        RolloutState.Halted => ("halted", "fail"),
        RolloutState.RollingBack => ("is being rolled back", "warn"),
        RolloutState.RolledBack => ("rolled back", "off"),
        _ => ("done", "ok"),
    };
}
