using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Webhooks;

/// <summary>
/// Brings one webhook its events, one message after the other. How far it has come is written when a message was taken, and never before:
/// whoever follows after a crash begins there, and delivers at most the last messages twice.
/// </summary>
sealed class WebhookCourier(
    string id, IDatabase database, WebhookStore store, WebhookSender sender, KnownPeople people, AuditLog audit, WebhookPace pace, TimeProvider time)
{
    /// <summary>Read at once: what waits in memory for one webhook, besides what an instance that was late has written.</summary>
    const int RowsMax = 100;

    /// <summary>Events that a webhook does not take move its place no more often: it is a row to write.</summary>
    static readonly TimeSpan ReachEvery = TimeSpan.FromSeconds(5);

    readonly List<SeenEvent> _pending = [];
    EventCursor? _cursor;
    WebhookBatch? _batch;
    long _version = -1, _position, _before, _reachedAt;

    /// <summary>One look, or one message.</summary>
    /// <returns>When to come again; null: never, there is nothing to bring any more.</returns>
    public async Task<TimeSpan?> StepAsync(CancellationToken stop)
    {
        if (await store.FindAsync(id, stop) is not { State: WebhookState.On } webhook) return null;
        if (webhook.Version != _version) Begin(webhook);
        if (webhook.NextAt - time.GetUtcNow() is { } early && early > TimeSpan.Zero) return early < pace.Look ? early : pace.Look;
        if (_pending.Count == 0 && await FillAsync(webhook, stop) is { } wait) return wait;

        _batch ??= await WebhookBatch.OfAsync(id, _pending, webhook.Wish.Names ? people : null, stop);
        var result = await sender.SendAsync(webhook.Wish.Url, await store.SecretsAsync(id, stop), _batch, stop);
        if (result.Fault is null) await TakenAsync(webhook, _batch, result, stop);
        else await NotTakenAsync(webhook, _batch, result, stop);
        return TimeSpan.Zero;
    }

    void Begin(Webhook webhook)
    {
        (_version, _position, _cursor, _batch) = (webhook.Version, webhook.Position, new EventCursor(database, webhook.Position, time), null);
        _reachedAt = time.GetTimestamp();
        _pending.Clear();
    }

    /// <returns>When to look again; null: there is something to bring.</returns>
    async Task<TimeSpan?> FillAsync(Webhook webhook, CancellationToken stop)
    {
        if (_cursor is not { } cursor) return pace.Look;

        _before = cursor.Safe;
        IReadOnlyList<SeenEvent> page;
        await using (var connection = await database.OpenAsync(stop)) page = await cursor.NextAsync(connection, RowsMax, stop);
        _pending.AddRange(page.Where(webhook.Takes));
        if (_pending.Count > 0) return null;

        if (cursor.Safe > _position && time.GetElapsedTime(_reachedAt) > ReachEvery)
        {
            await store.ReachAsync(webhook, _position = cursor.Safe, stop);
            _reachedAt = time.GetTimestamp();
        }

        return page.Count == 0 ? pace.Look : TimeSpan.Zero;
    }

    async Task TakenAsync(Webhook webhook, WebhookBatch batch, WebhookResult result, CancellationToken stop)
    {
        // Of what was read together the rest is still to come: until then the place is the one before.
        var position = _pending.Count == batch.Count ? _cursor?.Safe ?? _position : _before;
        await store.DeliveredAsync(webhook, batch, result, position, stop);
        _pending.RemoveRange(0, batch.Count);
        (_batch, _position, _reachedAt) = (null, position, time.GetTimestamp());
    }

    async Task NotTakenAsync(Webhook webhook, WebhookBatch batch, WebhookResult result, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var state = result.IsGone ? WebhookState.Gone : now - (webhook.FailingSince ?? now) >= pace.GiveUp ? WebhookState.Failed : WebhookState.On;
        await store.FailedAsync(webhook, batch, result, pace.After(webhook.Failures + 1, result.RetryAfter), state, new Doer(audit, "hub"), stop);
    }
}
