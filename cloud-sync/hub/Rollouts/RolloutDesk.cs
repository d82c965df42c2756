using EdgeFace.Hub.Operators;

namespace EdgeFace.Hub.Rollouts;

/// <summary>What operators do with roll-outs; each is in the audit log.</summary>
sealed class RolloutDesk(RolloutStore store, AuditLog audit)
{
    public RolloutStore Store { get; } = store;

    /// <inheritdoc cref="RolloutStore.BeginAsync"/>
    public async Task<string> BeginAsync(RolloutWish wish, string by, CancellationToken stop)
    {
        var id = await Store.BeginAsync(wish, by, stop);
        await audit.WriteAsync(by, "rollout.begin", wish.Title, $"{id}: {wish.Stages}, {wish.SoakMinutes} minutes each", CancellationToken.None);
        return id;
    }

    public async Task<bool> HaltAsync(string id, string by, CancellationToken stop) =>
        await Store.MoveAsync(id, RolloutState.Running, RolloutState.Halted, $"{by} has halted it.", stop) && await ToldAsync(id, "rollout.halt", by, stop);

    /// <summary>In spite of why it halted: counts begin anew, and devices that refuse or are away are waited for no longer.</summary>
    public async Task<bool> GoOnAsync(string id, string by, CancellationToken stop) => await Store.GoOnAsync(id, stop) && await ToldAsync(id, "rollout.go-on", by, stop);

    /// <summary>Whether it runs or has halted.</summary>
    public async Task<bool> RollBackAsync(string id, string by, CancellationToken stop) =>
        (await Store.MoveAsync(id, RolloutState.Halted, RolloutState.RollingBack, null, stop)
            || await Store.MoveAsync(id, RolloutState.Running, RolloutState.RollingBack, $"{by} has rolled it back.", stop))
        && await ToldAsync(id, "rollout.roll-back", by, stop);

    async Task<bool> ToldAsync(string id, string action, string by, CancellationToken stop)
    {
        var rollout = await Store.FindAsync(id, stop);
        await audit.WriteAsync(by, action, rollout?.Title ?? "", $"{id}, stage {rollout?.Stage + 1}", CancellationToken.None);
        return true;
    }
}
