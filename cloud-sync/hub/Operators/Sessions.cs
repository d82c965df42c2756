using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>Who is signed in where. A row each, found by the hash of the cookie's secret, so that any instance knows them and each can be ended.</summary>
sealed class Sessions(IDatabase database, SignInOptions options, TimeProvider time)
{
    const int OfOneMax = 20, AgentLettersMax = 200;

    /// <summary>The first step is done, the second factor is waited for.</summary>
    static readonly TimeSpan PendingFor = TimeSpan.FromMinutes(5);

    /// <summary>Last requests are noted no finer: a row is not written with each.</summary>
    static readonly TimeSpan SeenGrain = TimeSpan.FromMinutes(1);

    /// <summary>Begins one with a secret of its own.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="agent">His browser.</param>
    /// <param name="isPending">Only the first factor was shown: it lets nobody in.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<string> BeginAsync(long id, string agent, bool isPending, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await BeginAsync(connection, null, id, agent, isPending, stop);
    }

    public async Task<string> BeginAsync(
        DbConnection connection, DbTransaction? transaction, long id, string agent, bool isPending, CancellationToken stop)
    {
        var (secret, now) = (Secret.New(), time.GetUtcNow());
        await connection.ExecuteAsync(
            "DELETE FROM session WHERE expires <= @now OR seen <= @idle",
            [("@now", Moment.Of(now)), ("@idle", Moment.Of(now - options.Idle))], stop, transaction);
        await connection.ExecuteAsync(
            "DELETE FROM session WHERE operator = @id AND hash NOT IN (SELECT hash FROM session WHERE operator = @id ORDER BY seen DESC LIMIT @max)",
            [("@id", id), ("@max", (long)OfOneMax - 1)], stop, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO session (hash, operator, created, seen, expires, agent, verified, pending) VALUES (@hash, @id, @now, @now, @expires, @agent, @now, @pending)",
            [
                ("@hash", Secret.Hash(secret)), ("@id", id), ("@now", Moment.Of(now)), ("@expires", Moment.Of(now + (isPending ? PendingFor : options.Whole))),
                ("@agent", (agent.Length <= AgentLettersMax ? agent : agent[..AgentLettersMax]).Replace('\0', ' ')), ("@pending", isPending ? 1L : 0L),
            ], stop, transaction);
        return secret;
    }

    /// <summary>Whose secret that is; null: nobody's any more. A request with it keeps it from growing idle.</summary>
    public async Task<Session?> FindAsync(string secret, bool isPending, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var now = time.GetUtcNow();
        var session = await connection.FirstAsync(
            $"""
            SELECT s.hash, s.created, s.seen, s.agent, s.verified, {Operator.Columns} FROM session s JOIN operator o ON o.id = s.operator
            WHERE s.hash = @hash AND s.pending = @pending AND s.expires > @now AND s.seen > @idle AND o.disabled IS NULL
            """, Read,
            [
                ("@hash", Secret.Hash(secret)), ("@pending", isPending ? 1L : 0L), ("@now", Moment.Of(now)), ("@idle", Moment.Of(now - options.Idle)),
            ], stop);
        if (session is not null && now - session.Seen >= SeenGrain)
            await connection.ExecuteAsync("UPDATE session SET seen = @now WHERE hash = @hash", [("@now", Moment.Of(now)), ("@hash", session.Hash)], stop);
        return session;
    }

    /// <summary>All that hold, the latest used first.</summary>
    public async Task<List<Session>> OfAsync(long id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var now = time.GetUtcNow();
        return await connection.ListAsync(
            $"""
            SELECT s.hash, s.created, s.seen, s.agent, s.verified, {Operator.Columns} FROM session s JOIN operator o ON o.id = s.operator
            WHERE s.operator = @id AND s.pending = 0 AND s.expires > @now AND s.seen > @idle ORDER BY s.seen DESC, s.created DESC LIMIT 100
            """, Read, [("@id", id), ("@now", Moment.Of(now)), ("@idle", Moment.Of(now - options.Idle))], stop);
    }

    /// <summary>He has shown his password or a code again: the session goes on with another secret.</summary>
    public async Task<string> VerifiedAsync(byte[] hash, CancellationToken stop)
    {
        var secret = Secret.New();
        await ExecuteAsync(
            "UPDATE session SET verified = @now, hash = @new WHERE hash = @hash", [("@now", time.Now()), ("@new", Secret.Hash(secret)), ("@hash", hash)], stop);
        return secret;
    }

    /// <param name="id">Only if it is his.</param>
    /// <param name="hash">Which.</param>
    /// <param name="stop">Gives up.</param>
    public Task EndAsync(long id, byte[] hash, CancellationToken stop) =>
        ExecuteAsync("DELETE FROM session WHERE hash = @hash AND operator = @id", [("@hash", hash), ("@id", id)], stop);

    /// <summary>All of somebody's, but for one where it is named.</summary>
    public async Task EndAllAsync(long id, byte[]? butFor, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await EndAllAsync(connection, null, id, butFor, stop);
    }

    public static Task EndAllAsync(DbConnection connection, DbTransaction? transaction, long id, byte[]? butFor, CancellationToken stop) =>
        connection.ExecuteAsync("DELETE FROM session WHERE operator = @id AND hash <> @but", [("@id", id), ("@but", butFor ?? [])], stop, transaction);

    async Task ExecuteAsync(string sql, (string Name, object? Value)[] values, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(sql, values, stop);
    }

    static Session Read(DbDataReader row) => new(
        row.GetFieldValue<byte[]>(0), Operator.Read(row, 5), row.Time(1), row.Time(2), row.GetString(3), row.Time(4));
}
