using System.Globalization;
using System.Security.Cryptography;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Webhooks;

/// <summary>What operators do with webhooks; each act is in the audit log, with the host and not the whole address.</summary>
sealed class WebhookDesk(
    IDatabase database, WebhookStore store, WebhookNetwork network, WebhookSender sender, AuditLog audit, TimeProvider time)
{
    /// <summary>So long the secret before the newest one signs, too.</summary>
    public static readonly TimeSpan BothSign = TimeSpan.FromHours(24);

    const int NameLettersMax = 80;

    /// <summary>It begins with what comes from now on.</summary>
    /// <returns>The webhook with its secret, which is shown once, or why not.</returns>
    public async Task<(string? Id, string? Secret, string? Fault)> CreateAsync(string actor, WebhookWish wish, CancellationToken stop)
    {
        wish = wish with { Name = wish.Name.Trim().Replace('\0', ' '), Url = wish.Url.Trim() };
        if (Fault(wish) is { } fault) return (null, null, fault);

        var (id, secret) = (RandomNumberGenerator.GetHexString(16, lowercase: true), WebhookSecret.New());
        await using var connection = await database.OpenAsync(stop);
        var position = await connection.NumberAsync("SELECT max(id) FROM event", [], stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var made = await connection.ExecuteAsync(
            "INSERT INTO webhook (id, name, url, kinds, doors, outcomes, names, secret, state, position, created, by) "
            + "SELECT @id, @name, @url, @kinds, @doors, @outcomes, @names, @secret, 'on', @position, @now, @by "
            + "WHERE (SELECT count(*) FROM webhook) < @most",
            [.. Values(wish), ("@id", id), ("@secret", store.Seal(id, secret)), ("@position", position), ("@now", time.Now()), ("@by", actor), ("@most", (long)WebhookStore.Most)],
            stop, transaction);
        if (made == 0) return (null, null, $"There are {WebhookStore.Most} webhooks; there are no more at once. Delete one that nobody needs.");

        await audit.WriteAsync(connection, transaction, actor, "webhook.create", wish.Name, Words(wish), stop);
        await transaction.CommitAsync(stop);
        return (id, WebhookSecret.Text(secret), null);
    }

    /// <summary>It goes on where it is.</summary>
    public async Task<string?> ChangeAsync(string actor, string id, WebhookWish wish, CancellationToken stop)
    {
        wish = wish with { Name = wish.Name.Trim().Replace('\0', ' '), Url = wish.Url.Trim() };
        return Fault(wish) ?? await ActAsync(
            actor, id, "webhook.change", Words(wish),
            "name = @name, url = @url, kinds = @kinds, doors = @doors, outcomes = @outcomes, names = @names, next_at = NULL", Values(wish), stop);
    }

    /// <summary>A new secret; the one before signs for another day, too.</summary>
    public async Task<(string? Secret, string? Fault)> RotateAsync(string actor, string id, CancellationToken stop)
    {
        var secret = WebhookSecret.New();
        var fault = await ActAsync(
            actor, id, "webhook.rotate", "", "old_secret = secret, old_until = @until, secret = @secret",
            [("@until", Moment.Of(time.GetUtcNow() + BothSign)), ("@secret", store.Seal(id, secret))], stop);
        return fault is null ? (WebhookSecret.Text(secret), null) : (null, fault);
    }

    public Task<string?> PauseAsync(string actor, string id, CancellationToken stop) => ActAsync(actor, id, "webhook.pause", "", "state = 'paused'", [], stop);

    /// <summary>It goes on where it stopped: what came meanwhile is delivered, as far as it is still kept.</summary>
    public Task<string?> ResumeAsync(string actor, string id, CancellationToken stop) => ActAsync(
        actor, id, "webhook.resume", "", "state = 'on', failing_since = NULL, failures = 0, next_at = NULL, fault = NULL", [], stop);

    /// <summary>All that was received from then on, once more; a time that is later than where it stands leaves out what is between.</summary>
    public async Task<string?> ReplayAsync(string actor, string id, DateTimeOffset from, CancellationToken stop)
    {
        long position;
        await using (var connection = await database.OpenAsync(stop)) position = await EventList.PlaceAsync(connection, from, stop);
        return await ActAsync(
            actor, id, "webhook.replay", from.ToString("O", CultureInfo.InvariantCulture),
            "position = @position, since = @since, next_at = NULL", [("@position", position), ("@since", Moment.Of(from))], stop);
    }

    public async Task<string?> DeleteAsync(string actor, string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (await store.FindAsync(connection, id, stop, transaction) is not { } known) return None;

        await connection.ExecuteAsync("DELETE FROM webhook WHERE id = @id", [("@id", id)], stop, transaction);
        await connection.ExecuteAsync("DELETE FROM webhook_delivery WHERE webhook = @id", [("@id", id)], stop, transaction);
        await audit.WriteAsync(connection, transaction, actor, "webhook.delete", known.Wish.Name, known.Host, stop);
        await transaction.CommitAsync(stop);
        return null;
    }

    /// <summary>A message that says only that it comes from the hub, at once, and also while the webhook is paused.</summary>
    public async Task<(WebhookResult? Result, string? Fault)> PingAsync(string actor, string id, CancellationToken stop)
    {
        if (await store.FindAsync(id, stop) is not { } known) return (null, None);

        await audit.WriteAsync(actor, "webhook.ping", known.Wish.Name, known.Host, stop);
        var batch = WebhookBatch.Ping(id, time.GetUtcNow());
        var result = await sender.SendAsync(known.Wish.Url, await store.SecretsAsync(id, stop), batch, stop);
        await store.LogAsync(id, batch, result, stop);
        return (result, null);
    }

    const string None = "There is no such webhook any more.";

    async Task<string?> ActAsync(
        string actor, string id, string action, string detail, string change, (string Name, object? Value)[] values, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var changed = await connection.ExecuteAsync(
            $"UPDATE webhook SET {change}, version = version + 1 WHERE id = @id", [.. values, ("@id", id)], stop, transaction);
        if (changed == 0 || await store.FindAsync(connection, id, stop, transaction) is not { } known) return None;

        await audit.WriteAsync(connection, transaction, actor, action, known.Wish.Name, detail.Length > 0 ? detail : known.Host, stop);
        await transaction.CommitAsync(stop);
        return null;
    }

    string? Fault(WebhookWish wish) =>
        wish.Name.Length is 0 or > NameLettersMax ? $"A webhook's name has 1 to {NameLettersMax} characters; it says what the webhook is for."
        : network.Fault(wish.Url) ?? wish.Filter.Fault();

    static string Words(WebhookWish wish) => string.Join("; ", new[]
    {
        new Uri(wish.Url).Host, List("kinds", wish.Filter.Kinds), List("doors", wish.Filter.Doors), List("outcomes", wish.Filter.Outcomes),
        wish.Names ? "with names of people" : "",
    }.Where(part => part.Length > 0));

    static string List(string what, IReadOnlyList<string> words) => words.Count == 0 ? "" : $"{what} {string.Join(' ', words)}";

    static (string Name, object? Value)[] Values(WebhookWish wish) =>
    [
        ("@name", wish.Name), ("@url", wish.Url), ("@kinds", string.Join(' ', wish.Filter.Kinds)), ("@doors", string.Join('\n', wish.Filter.Doors)),
        ("@outcomes", string.Join(' ', wish.Filter.Outcomes)), ("@names", wish.Names ? 1L : 0L),
    ];
}
