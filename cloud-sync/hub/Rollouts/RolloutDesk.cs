using EdgeFace.Hub.Operators;

namespace EdgeFace.Hub.Rollouts;

/// <summary>What operators do with roll-outs; each is in the audit log.</summary>
sealed class RolloutDesk(RolloutStore store, AuditLog audit)
{
    public RolloutStore Store { get; } = store;

    /// <inheritdoc cref="RolloutStore.BeginAsync"/>
    public Task<string> BeginAsync(RolloutWish wish, string by, CancellationToken stop) => Store.BeginAsync(wish, new Doer(audit, by), stop);

    public Task<bool> HaltAsync(string id, string by, CancellationToken stop) =>
        Store.MoveAsync(id, RolloutState.Running, RolloutState.Halted, $"{by} has halted it.", new Doer(audit, by), "rollout.halt", stop);

    /// <summary>In spite of why it halted: counts begin anew, and devices that refuse or are away are waited for no longer.</summary>
    public Task<bool> GoOnAsync(string id, string by, CancellationToken stop) => Store.GoOnAsync(id, new Doer(audit, by), stop);

    /// <summary>Whether it runs or has halted.</summary>
    public async Task<bool> RollBackAsync(string id, string by, CancellationToken stop) =>
        await Store.MoveAsync(id, RolloutState.Halted, RolloutState.RollingBack, null, new Doer(audit, by), "rollout.roll-back", stop)
        || await Store.MoveAsync(id, RolloutState.Running, RolloutState.RollingBack, $"{by} has rolled it back.", new Doer(audit, by), "rollout.roll-back", stop);
}
