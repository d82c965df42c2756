using System.Data.Common;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Webhooks;

/// <summary>Webhooks as rows, and how far each has come. Changes by operators are <see cref="WebhookDesk"/>'s.</summary>
sealed class WebhookStore(IDatabase database, PersonalSeal seal, TimeProvider time)
{
    /// <summary>Each reads the events by itself.</summary>
    public const int Most = 20;

    const int LogMost = 200;

    const string Columns =
        "id, name, url, kinds, doors, outcomes, names, state, version, position, since, created, by, failing_since, failures, next_at, status, fault, "
        + "delivered_at, delivered, CASE WHEN old_until > @now THEN old_until END";

    /// <summary>In the order in which they were made.</summary>
    public async Task<IReadOnlyList<Webhook>> ListAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Columns} FROM webhook ORDER BY created, id LIMIT @most", Read, [("@now", time.Now()), ("@most", (long)Most)], stop);
    }

    public async Task<Webhook?> FindAsync(string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await FindAsync(connection, id, stop);
    }

    public Task<Webhook?> FindAsync(DbConnection connection, string id, CancellationToken stop, DbTransaction? transaction = null) =>
        connection.FirstAsync($"SELECT {Columns} FROM webhook WHERE id = @id", Read, [("@id", id), ("@now", time.Now())], stop, transaction);

    /// <summary>Those that somebody should look at: that were given up, ended by the receiver, or fail for longer than a restart takes.</summary>
    public async Task<IReadOnlyList<Webhook>> TroubledAsync(CancellationToken stop) =>
        [.. (await ListAsync(stop)).Where(each => each.State is WebhookState.Failed or WebhookState.Gone
            || (each.State is WebhookState.On && each.FailingSince < time.GetUtcNow() - TimeSpan.FromMinutes(15)))];

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> LogAsync(string id, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT at, message, events, status, ms, fault FROM webhook_delivery WHERE webhook = @id ORDER BY id DESC LIMIT @count",
            row => new WebhookDelivery(row.Time(0), row.GetString(1), row.GetInt64(2), (int?)row.Long(3), row.GetInt64(4), row.Text(5)),
            [("@id", id), ("@count", (long)Math.Clamp(count, 1, LogMost))], stop);
    }

    /// <summary>The secret, and the one before for as long as that signs, too; empty: there is no such webhook.</summary>
    public async Task<IReadOnlyList<byte[]>> SecretsAsync(string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var cells = await connection.FirstAsync(
            "SELECT secret, CASE WHEN old_until > @now THEN old_secret END FROM webhook WHERE id = @id",
            row => new[] { row.Bytes(0), row.Bytes(1) }, [("@id", id), ("@now", time.Now())], stop);
        return [.. (cells ?? []).OfType<byte[]>().Select(cell => seal.Open(cell, Place(id)))];
    }

    public byte[] Seal(string id, byte[] secret) => seal.Seal(secret, Place(id));

    /// <summary>Up to there nothing is left to deliver; whoever delivers next begins behind it.</summary>
    public async Task ReachAsync(Webhook webhook, long position, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE webhook SET position = @position WHERE id = @id AND version = @version",
            [("@id", webhook.Id), ("@version", webhook.Version), ("@position", position)], stop);
    }

    /// <summary>A message was taken. What an operator has changed meanwhile stays changed.</summary>
    public Task DeliveredAsync(Webhook webhook, WebhookBatch batch, WebhookResult result, long position, CancellationToken stop) => WriteAsync(
        webhook, batch, result,
        "UPDATE webhook SET position = @position, failing_since = NULL, failures = 0, next_at = NULL, status = @status, fault = NULL, delivered_at = @now, "
        + "delivered = delivered + @count WHERE id = @id AND version = @version",
        [("@position", position), ("@count", (long)batch.Count), ("@status", (long?)result.Status), ("@now", time.Now())], stop);

    /// <summary>It was not; <paramref name="state"/> says whether it is tried again. That it is not is written into the audit log.</summary>
    public Task FailedAsync(Webhook webhook, WebhookBatch batch, WebhookResult result, TimeSpan pause, WebhookState state, Doer by, CancellationToken stop) => WriteAsync(
        webhook, batch, result,
        "UPDATE webhook SET state = @state, failing_since = coalesce(failing_since, @now), failures = failures + 1, next_at = @next, status = @status, "
        + "fault = @fault WHERE id = @id AND version = @version",
        [
            ("@state", Word(state)), ("@next", Moment.Of(time.GetUtcNow() + pause)), ("@status", (long?)result.Status), ("@fault", result.Fault),
            ("@now", time.Now()),
        ], stop, state is WebhookState.On ? null : (by with { Detail = result.Fault ?? "" }, $"webhook.{Word(state)}"));

    /// <summary>A try that changes nothing of how the webhook stands.</summary>
    public async Task LogAsync(string id, WebhookBatch batch, WebhookResult result, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await LogAsync(connection, transaction, id, batch, result, stop);
        await transaction.CommitAsync(stop);
    }

    public static string Word(WebhookState state) => state.ToString().ToLowerInvariant();

    async Task WriteAsync(
        Webhook webhook, WebhookBatch batch, WebhookResult result, string sql, (string Name, object? Value)[] values, CancellationToken stop,
        (Doer By, string Action)? act = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var isWritten = await connection.ExecuteAsync(sql, [.. values, ("@id", webhook.Id), ("@version", webhook.Version)], stop, transaction) > 0;
        await LogAsync(connection, transaction, webhook.Id, batch, result, stop);
        if (isWritten && act is var (by, action)) await by.WriteAsync(connection, transaction, action, webhook.Wish.Name, stop);
        await transaction.CommitAsync(stop);
    }

    async Task LogAsync(DbConnection connection, DbTransaction transaction, string id, WebhookBatch batch, WebhookResult result, CancellationToken stop)
    {
        await connection.ExecuteAsync(
            "INSERT INTO webhook_delivery (webhook, at, message, events, status, ms, fault) VALUES (@id, @now, @message, @events, @status, @ms, @fault)",
            [
                ("@id", id), ("@now", time.Now()), ("@message", batch.Id), ("@events", (long)batch.Count), ("@status", (long?)result.Status),
                ("@ms", result.Milliseconds), ("@fault", result.Fault),
            ], stop, transaction);
        await connection.ExecuteAsync(
            "DELETE FROM webhook_delivery WHERE webhook = @id AND id <= "
            + "(SELECT id FROM webhook_delivery WHERE webhook = @id ORDER BY id DESC LIMIT 1 OFFSET @most)", [("@id", id), ("@most", (long)LogMost)], stop, transaction);
    }

    static string Place(string id) => $"webhook.secret {id}";

    static Webhook Read(DbDataReader row) => new(
        row.GetString(0),
        new WebhookWish(
            row.GetString(1), row.GetString(2),
            new WebhookFilter(WebhookFilter.Words(row.GetString(3)), WebhookFilter.Words(row.GetString(4)), WebhookFilter.Words(row.GetString(5))), row.GetInt64(6) != 0),
        Enum.TryParse<WebhookState>(row.GetString(7), ignoreCase: true, out var state) ? state : WebhookState.Paused,
        row.GetInt64(8), row.GetInt64(9), row.TimeOrNull(10), row.Time(11), row.GetString(12), row.TimeOrNull(13), row.GetInt64(14), row.TimeOrNull(15),
        (int?)row.Long(16), row.Text(17), row.TimeOrNull(18), row.GetInt64(19), row.TimeOrNull(20));
}
