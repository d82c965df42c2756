using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>A token of a program that uses the API.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">What for.</param>
/// <param name="Scopes">What it may, and never more than who made it.</param>
/// <param name="Created">When.</param>
/// <param name="By">Who made it: when he is disabled, it no longer works.</param>
/// <param name="Expires">When it ends.</param>
/// <param name="Seen">Last use, to the minute.</param>
/// <param name="Revoked">When it was ended.</param>
sealed record ApiToken(
    long Id, string Name, IReadOnlyList<Permission> Scopes, DateTimeOffset Created, string By, DateTimeOffset Expires, DateTimeOffset? Seen,
    DateTimeOffset? Revoked);

/// <summary>Tokens: shown once when they are made, found by their hash.</summary>
sealed class ApiTokens(IDatabase database, AuditLog audit, TimeProvider time)
{
    public const int DaysMax = 366;
    const int ListMax = 1000, NameLettersMax = 80;
    const string Prefix = "efh_", Columns = "t.id, t.name, t.scopes, t.created, t.by, t.expires, t.seen, t.revoked";

    static readonly TimeSpan SeenGrain = TimeSpan.FromMinutes(1);

    /// <returns>The token, or why not.</returns>
    public async Task<(string? Token, string? Fault)> CreateAsync(
        Operator by, string name, IReadOnlyCollection<Permission> scopes, int days, CancellationToken stop)
    {
        name = name.Trim();
        if (name.Length is 0 or > NameLettersMax) return (null, $"A token's name has 1 to {NameLettersMax} characters; it says what the token is for.");
        if (scopes.Count == 0) return (null, "A token without a scope may do nothing: choose at least one.");
        if (scopes.Except(Rights.TokenScopes(by.Role)).FirstOrDefault() is var more and not Permission.Nothing)
            return (null, $"Your role {Rights.Word(by.Role)} may not {Rights.Sentence(more)}, so no token of yours may.");
        if (days is < 1 or > DaysMax) return (null, $"A token ends after 1 to {DaysMax} days; {days} were asked for.");

        var (token, now) = (Secret.New(Prefix), time.GetUtcNow());
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync(
            "INSERT INTO token (name, hash, scopes, created, by, expires) VALUES (@name, @hash, @scopes, @now, @by, @expires)",
            [
                ("@name", name.Replace('\0', ' ')), ("@hash", Secret.Hash(token)), ("@scopes", string.Join(' ', scopes.Select(Rights.Word))),
                ("@now", Moment.Of(now)), ("@by", by.Login), ("@expires", Moment.Of(now.AddDays(days))),
            ], stop, transaction);
        await audit.WriteAsync(connection, transaction, by.Login, "token.create", name, string.Join(' ', scopes.Select(Rights.Word)), stop);
        await transaction.CommitAsync(stop);
        return (token, null);
    }

    /// <summary>The newest first; of one operator where he is named.</summary>
    public async Task<List<ApiToken>> ListAsync(string? by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Columns} FROM token t WHERE @by = '' OR t.by = @by ORDER BY t.id DESC LIMIT @max", Read,
            [("@by", by ?? ""), ("@max", (long)ListMax)], stop);
    }

    /// <param name="actor">Who asks.</param>
    /// <param name="id">Which.</param>
    /// <param name="onlyOwn">Only if he made it.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<string?> RevokeAsync(string actor, long id, bool onlyOwn, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var token = await connection.FirstAsync($"SELECT {Columns} FROM token t WHERE t.id = @id", Read, [("@id", id)], stop, transaction);
        if (token is null || onlyOwn && token.By != actor) return $"There is no token of number {id} that you may revoke.";
        await connection.ExecuteAsync(
            "UPDATE token SET revoked = @now WHERE id = @id AND revoked IS NULL", [("@now", time.Now()), ("@id", id)], stop, transaction);
        await audit.WriteAsync(connection, transaction, actor, "token.revoke", token.Name, "", stop);
        await transaction.CommitAsync(stop);
        return null;
    }

    /// <summary>A token that may be used now, with the scopes that whoever made it still has; null: it is none.</summary>
    public async Task<ApiToken?> FindAsync(string token, CancellationToken stop)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal)) return null;

        await using var connection = await database.OpenAsync(stop);
        var now = time.GetUtcNow();
        var found = await connection.FirstAsync(
            $"""
            SELECT {Columns}, o.role FROM token t JOIN operator o ON o.login = t.by
            WHERE t.hash = @hash AND t.revoked IS NULL AND t.expires > @now AND o.disabled IS NULL
            """, row => Read(row) is var one ? one with { Scopes = [.. one.Scopes.Intersect(Rights.TokenScopes(Rights.ParseRole(row.GetString(8))))] } : one,
            [("@hash", Secret.Hash(token)), ("@now", Moment.Of(now))], stop);
        if (found is not null && (found.Seen is not { } seen || now - seen >= SeenGrain))
            await connection.ExecuteAsync("UPDATE token SET seen = @now WHERE id = @id", [("@now", Moment.Of(now)), ("@id", found.Id)], stop);
        return found;
    }

    static ApiToken Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1),
        [.. row.GetString(2).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Rights.Parse).OfType<Permission>()],
        row.Time(3), row.GetString(4), row.Time(5), row.TimeOrNull(6), row.TimeOrNull(7));
}
