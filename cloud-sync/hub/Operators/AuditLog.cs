using System.Data.Common;
using System.Security.Cryptography;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// Who did what. Entries are chained by SHA-256, and each link bears a MAC under a key that is not in the database: whoever has
/// only that can neither change an entry nor add one. The newest entry is noted in a file beside, so that he cannot cut off the
/// end either.
/// </summary>
sealed class AuditLog(IDatabase database, HubFolder folder, TimeProvider time)
{
    const int PageRows = 1000, DetailMax = 4000, TextMax = 300;
    const string Columns = "seq, at, actor, action, target, detail, hash, mac";

    static readonly byte[] Beginning = new byte[SHA256.HashSizeInBytes];

    readonly byte[] _key = KeyFile.ReadOrMake(folder.AuditKey, "the key of the audit log");
    readonly AuditHead _head = new(folder.AuditHead);

    /// <summary>Writes an entry of its own.</summary>
    public async Task WriteAsync(string actor, string action, string target, string detail, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using (var transaction = await connection.BeginTransactionAsync(stop))
        {
            await WriteAsync(connection, transaction, actor, action, target, detail, stop);
            await transaction.CommitAsync(stop);
        }

        await NoteAsync(connection, stop);
    }

    /// <summary>Writes an entry that is there when the caller's transaction is. One row is locked until then: do it late.</summary>
    public async Task WriteAsync(
        DbConnection connection, DbTransaction transaction, string actor, string action, string target, string detail, CancellationToken stop)
    {
        (actor, action, target, detail) = (Cut(actor, TextMax), Cut(action, TextMax), Cut(target, TextMax), Cut(detail, DetailMax));
        await connection.ExecuteAsync( // several instances: whoever comes second waits here, and then reads what the first has written
            "INSERT INTO setting (name, value) VALUES ('audit.lock', '') ON CONFLICT (name) DO UPDATE SET value = excluded.value", [], stop, transaction);
        var last = await NewestAsync(connection, stop, transaction);
        var (seq, at) = ((last?.Seq ?? 0) + 1, time.Now());
        var hash = AuditRow.HashOf(last?.Hash ?? Beginning, seq, at, actor, action, target, detail);
        await connection.ExecuteAsync(
            $"INSERT INTO audit ({Columns}) VALUES (@seq, @at, @actor, @action, @target, @detail, @hash, @mac)",
            [
                ("@seq", seq), ("@at", at), ("@actor", actor), ("@action", action), ("@target", target), ("@detail", detail), ("@hash", hash),
                ("@mac", Mac(hash)),
            ], stop, transaction);
    }

    /// <summary>Looks at every entry from the first to the newest.</summary>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var noted = _head.Read();
        if (noted is not null && !Vouches(noted.Hash, noted.Mac)) return new AuditVerdict(0, noted.Seq, $"{_head.File} was not written with this hub's key.");

        var (previous, rows, sawNoted) = (Beginning, 0L, noted is null);
        while (await PageAsync(connection, rows, stop) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                if (row.Seq != rows + 1) return new AuditVerdict(rows, rows + 1, $"Entry {rows + 1} is missing: entry {row.Seq} follows {rows}.");
                if (!row.HashAfter(previous).AsSpan().SequenceEqual(row.Hash))
                    return new AuditVerdict(rows, row.Seq, $"Entry {row.Seq} is not what was written, or the one before it was taken out.");
                if (!Vouches(row.Hash, row.Mac)) return new AuditVerdict(rows, row.Seq, $"Entry {row.Seq} was not written by this hub: its MAC is of another key.");
                if (row.Seq == noted?.Seq)
                {
                    if (!row.Hash.AsSpan().SequenceEqual(noted.Hash))
                        return new AuditVerdict(rows, row.Seq, $"Entry {row.Seq} is another one than {_head.File} has noted: the end was cut off and written anew.");
                    sawNoted = true;
                }

                (previous, rows) = (row.Hash, row.Seq);
            }
        }

        return sawNoted ? new AuditVerdict(rows) : new AuditVerdict(rows, rows + 1,
            $"The end was cut off after entry {rows}: there were at least {noted?.Seq}, says {_head.File}. (Or the database was put back from an older copy.)");
    }

    /// <summary>The newest first; at most so many.</summary>
    public async Task<List<AuditRow>> ListAsync(AuditQuery query, int limit, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var pattern = query.Text is { Length: > 0 } text ? $"%{Escape(text.ToLowerInvariant())}%" : "%";
        return await connection.ListAsync(
            $"""
            SELECT {Columns} FROM audit WHERE seq < @before AND at >= @since AND at <= @until AND
                (lower(actor) LIKE @text ESCAPE '!' OR lower(action) LIKE @text ESCAPE '!' OR lower(target) LIKE @text ESCAPE '!' OR lower(detail) LIKE @text ESCAPE '!')
            ORDER BY seq DESC LIMIT @limit
            """, Read,
            [
                ("@before", query.Before ?? long.MaxValue), ("@since", query.Since ?? long.MinValue), ("@until", query.Until ?? long.MaxValue),
                ("@text", pattern), ("@limit", (long)limit),
            ], stop);
    }

    /// <summary>Notes the newest entry beside the database, unless what was noted before is no longer there: then it stays as evidence.</summary>
    /// <returns>False: it is no longer there.</returns>
    public async Task<bool> NoteAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await NoteAsync(connection, stop);
    }

    async Task<bool> NoteAsync(DbConnection connection, CancellationToken stop)
    {
        var noted = _head.Read();
        if (noted is not null)
        {
            var there = await connection.FirstAsync($"SELECT {Columns} FROM audit WHERE seq = @seq", Read, [("@seq", noted.Seq)], stop);
            if (there is null || !there.Hash.AsSpan().SequenceEqual(noted.Hash)) return false;
        }

        if (await NewestAsync(connection, stop) is { } newest && newest.Seq > (noted?.Seq ?? 0)) _head.Write(newest);
        return true;
    }

    static Task<AuditRow?> NewestAsync(DbConnection connection, CancellationToken stop, DbTransaction? transaction = null) =>
        connection.FirstAsync($"SELECT {Columns} FROM audit ORDER BY seq DESC LIMIT 1", Read, [], stop, transaction);

    static Task<List<AuditRow>> PageAsync(DbConnection connection, long after, CancellationToken stop) => connection.ListAsync(
        $"SELECT {Columns} FROM audit WHERE seq > @after ORDER BY seq LIMIT @limit", Read, [("@after", after), ("@limit", (long)PageRows)], stop);

    static AuditRow Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetFieldValue<byte[]>(6),
        row.GetFieldValue<byte[]>(7));

    byte[] Mac(byte[] hash) => HMACSHA256.HashData(_key, hash);

    bool Vouches(byte[] hash, byte[] mac) => CryptographicOperations.FixedTimeEquals(Mac(hash), mac);

    /// <summary>A text column of PostgreSQL takes no zero character.</summary>
    static string Cut(string text, int max) => (text.Length <= max ? text : text[..max]).Replace('\0', ' ');

    static string Escape(string text) => text.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
