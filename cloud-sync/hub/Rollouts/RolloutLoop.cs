using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Rollouts;

/// <summary>Goes on with roll-outs. Of several instances the one that holds the lease does it; another follows within ten seconds.</summary>
sealed partial class RolloutLoop(IDatabase database, RolloutStore store, RolloutTurn turn, TimeProvider time, ILogger<RolloutLoop> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    ILease? _lease;

    /// <summary>Whether this instance is the one that does it.</summary>
    public bool IsLeader => Volatile.Read(ref _lease) is not null;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            do
            {
                try
                {
                    await RoundAsync(stop);
                }
                catch (Exception e) when (e is DbException or StoreException or FormatException)
                {
                    LogRound(e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        finally
        {
            if (_lease is { } held) await held.DisposeAsync();
        }
    }

    async Task RoundAsync(CancellationToken stop)
    {
        if (_lease is { } held && !await held.IsHeldAsync(stop))
        {
            await held.DisposeAsync();
            Volatile.Write(ref _lease, null);
        }

        var lease = _lease ?? await database.TryLeaseAsync("rollouts", stop);
        Volatile.Write(ref _lease, lease);
        if (lease is null) return;

        foreach (var rollout in await store.OpenAsync(stop))
        {
            if (!await lease.IsHeldAsync(stop)) return;

            await turn.TakeAsync(rollout, stop);
        }
    }

    [LoggerMessage(EventId = 26010, Level = LogLevel.Error, Message = "Roll-outs stand still for a moment and are tried again: {Fault}")]
    partial void LogRound(string fault);
}
