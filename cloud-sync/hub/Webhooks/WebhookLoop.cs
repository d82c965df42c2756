using System.Data.Common;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Webhooks;

/// <summary>
/// Delivers webhooks, each beside the others so that a slow receiver holds up nobody else. One instance of the hub does it; when that is
/// gone another one goes on where it was.
/// </summary>
sealed partial class WebhookLoop(
    IDatabase database, WebhookStore store, WebhookSender sender, KnownPeople people, AuditLog audit, WebhookPace pace, TimeProvider time,
    ILogger<WebhookLoop> logger) : BackgroundService
{
    static readonly TimeSpan LeaseLook = TimeSpan.FromSeconds(1.5), FaultPause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var lease = await database.TryLeaseAsync("webhooks", stop);
                if (lease is not null) await LeadAsync(lease, stop);
            }
            catch (DbException e)
            {
                LogNotLed(e.Message);
            }

            await Task.Delay(LeaseLook, time, stop);
        }
    }

    /// <summary>Until it is another's.</summary>
    async Task LeadAsync(ILease lease, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (await lease.IsHeldAsync(stop))
            {
                foreach (var (id, task) in running.ToArray())
                {
                    if (!task.IsCompleted) continue;

                    await task;
                    running.Remove(id);
                }

                foreach (var webhook in await store.ListAsync(stop))
                    if (webhook.State is WebhookState.On && !running.ContainsKey(webhook.Id)) running[webhook.Id] = RunAsync(webhook.Id, lease, over.Token);
                await Task.Delay(pace.Look, time, stop);
            }
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task RunAsync(string id, ILease lease, CancellationToken stop)
    {
        var courier = new WebhookCourier(id, database, store, sender, people, audit, pace, time);
        while (await lease.IsHeldAsync(stop))
        {
            TimeSpan? wait;
            try
            {
                wait = await courier.StepAsync(stop);
            }
            catch (Exception e) when (e is DbException or StoreException)
            {
                LogNotDelivered(id, e.Message);
                wait = FaultPause;
            }

            if (wait is not { } pause) return;
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, stop);
        }
    }

    [LoggerMessage(EventId = 25001, Level = LogLevel.Warning, Message = "Webhooks could not be looked at, it is tried again: {Fault}")]
    partial void LogNotLed(string fault);

    [LoggerMessage(EventId = 25002, Level = LogLevel.Warning, Message = "Webhook {Id} could not go on, it is tried again: {Fault}")]
    partial void LogNotDelivered(string id, string fault);
}
