using System.Data.Common;
using System.Text.RegularExpressions;
using EdgeFace.Keeping;
using Npgsql;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// PostgreSQL, from 15 on, for several instances of the hub at once. Events are split by the hash of their device: one event is kept once
/// because (device, boot, seq) is unique, and PostgreSQL holds that across parts only where the part follows from the key. Parts by
/// time could be dropped when they are old, and would let an event in twice that came once before and once after midnight.
/// </summary>
sealed partial class PostgresDatabase : IDatabase
{
    /// <summary>A batch takes a block of ids at once: it is committed whole, so whoever reads by id misses blocks and no single events.</summary>
    const int Block = 8_192;

    const int Parts = 16;

    /// <summary>Any number, and always the same: who migrates waits for who does so already.</summary>
    const long MigrationLock = 0x65_64_67_65_66_61_63_65;

    readonly NpgsqlDataSource _source;
    readonly TimeProvider _time;

    /// <param name="connection">As Npgsql reads it.</param>
    /// <param name="time">How long a lease is believed to be held.</param>
    public PostgresDatabase(string connection, TimeProvider time)
    {
        _time = time;
        var options = new NpgsqlConnectionStringBuilder(connection)
        {
            ApplicationName = "edgeface-hub",
            // What a connection was told is the same for all, and the table that batches come by stays.
            NoResetOnClose = true,
            IncludeErrorDetail = false,
        };
        if (options.MaxAutoPrepare == 0) options.MaxAutoPrepare = 200;
        if (options.KeepAlive == 0) options.KeepAlive = 10;
        var source = new NpgsqlDataSourceBuilder(options.ToString());
        source.UsePhysicalConnectionInitializer(each => each.ExecuteNow(Session), each => each.ExecuteAsync(Session, [], CancellationToken.None));
        _source = source.Build();
    }

    /// <summary>A server that lost the other end rolls back, and lets go of what it locked, within ten seconds.</summary>
    const string Session =
        "SET client_min_messages = warning; SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
        + "SET tcp_user_timeout = 10000; SET idle_in_transaction_session_timeout = 60000";

    /// <summary>Reads the connection string from a file.</summary>
    /// <exception cref="StoreException">It is missing, open to others, or no connection string.</exception>
    public static PostgresDatabase Open(string file, TimeProvider time)
    {
        try
        {
            using (var stream = File.OpenRead(file))
                if (!HubFolder.IsCredential(file) && OwnerOnly.TooOpen(stream) is { } mode) throw new StoreException($"{file} has mode {mode}: others could read the database's password. Set it to 600.");

            return new PostgresDatabase(File.ReadAllText(file).Trim(), time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            throw new StoreException($"{file}: {e.Message} It holds one line, as Host=db.example.org;Database=edgeface;Username=hub;Password=…;SSL Mode=VerifyFull", e);
        }
    }

    public string Engine => "postgresql";

    public int IdBlock => Block;

    public async ValueTask<DbConnection> OpenAsync(CancellationToken stop) => await _source.OpenConnectionAsync(stop);

    public async Task MigrateAsync(CancellationToken stop)
    {
        await using var connection = await OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@lock)", [("@lock", MigrationLock)], stop, transaction);
        await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (version bigint NOT NULL)", [], stop, transaction);
        var done = (int)await connection.NumberAsync("SELECT max(version) FROM schema_version", [], stop, transaction);
        if (done > Schema.Steps.Length)
            throw new StoreException($"The database was written by a newer program (tables {done}, this one knows {Schema.Steps.Length}). Start that one.");

        if (done == 0) await connection.ExecuteAsync(Events(), [], stop, transaction);
        foreach (var step in Schema.Steps.Skip(done)) await connection.ExecuteAsync(Own(step), [], stop, transaction);
        if (done < Schema.Steps.Length)
        {
            await connection.ExecuteAsync("DELETE FROM schema_version", [], stop, transaction);
            await connection.ExecuteAsync("INSERT INTO schema_version (version) VALUES (@done)", [("@done", (long)Schema.Steps.Length)], stop, transaction);
        }

        await transaction.CommitAsync(stop);
    }

    public async Task<bool[]> KeepAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<KeptEvent> events, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events.Count, Block);
        if (events.Count == 0) return [];

        await connection.ExecuteAsync("CREATE TEMPORARY TABLE IF NOT EXISTS coming (LIKE event) ON COMMIT DELETE ROWS", [], stop, transaction);
        var first = await connection.NumberAsync("SELECT nextval('event_block')", [], stop, transaction) * Block;
        await CopyAsync((NpgsqlConnection)connection, events, first, stop);
        // In the order of the key: two instances that were sent the same events wait for each other, and never in a circle.
        var added = await connection.ListAsync(
            "INSERT INTO event SELECT * FROM coming ORDER BY device, boot, seq, id ON CONFLICT (device, boot, seq) DO NOTHING RETURNING id",
            row => row.GetInt64(0), [], stop, transaction);
        await connection.ExecuteAsync("DELETE FROM coming", [], stop, transaction); // the next call may be of the same transaction
        var isNew = new bool[events.Count];
        foreach (var id in added) isNew[id - first] = true;
        return isNew;
    }

    public bool IsOfValues(DbException fault) => fault is PostgresException { SqlState: ['2', '2' or '3', ..] };

    public Task<ILease?> TryLeaseAsync(string name, CancellationToken stop) => RowLease.TryAsync(this, name, _time, stop);

    /// <summary>
    /// What was erased lies in the pages until they are written anew: the table of people, whose keys open all else, is rewritten
    /// whole, the others are cleaned. Write-ahead logs, their archives, replicas that lag, snapshots and dumps keep it for as long as
    /// they are kept themselves: sealed under a key that lies there beside it, so that this time belongs into the house's rules.
    /// </summary>
    public async Task<bool> ScrubAsync(CancellationToken stop)
    {
        await using var connection = await OpenAsync(stop);
        foreach (var sql in new[] { "VACUUM FULL person, upload_draft", "VACUUM template, person_group" })
        {
            await using var command = connection.Command(sql);
            command.CommandTimeout = 0; // it waits for whoever reads, and takes as long as the tables are large
            await command.ExecuteNonQueryAsync(stop);
        }

        return true;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<KeptEvent> events, long first, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY coming (id, device, boot, seq, at, received, priority, kind, door, person, reason, body) FROM STDIN (FORMAT BINARY)", stop);
        for (var i = 0; i < events.Count; i++)
        {
            var what = events[i];
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(first + i, stop);
            await copy.WriteAsync(what.Device, stop);
            await copy.WriteAsync(what.Boot, stop);
            await copy.WriteAsync(what.Seq, stop);
            await copy.WriteAsync(what.At, stop);
            await copy.WriteAsync(what.Received, stop);
            await copy.WriteAsync((long)what.Priority, stop);
            await copy.WriteAsync(what.Kind, stop);
            await WriteAsync(copy, what.Door, stop);
            await WriteAsync(copy, what.Person, stop);
            await WriteAsync(copy, what.Reason, stop);
            await copy.WriteAsync(what.Body, stop);
        }

        await copy.CompleteAsync(stop);
    }

    static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken stop) =>
        text is null ? copy.WriteNullAsync(stop) : copy.WriteAsync(text, stop);

    /// <summary>Texts are ordered by their bytes, as SQLite does, whatever language the server speaks.</summary>
    static string Own(string step) => Text().Replace(step, "text COLLATE \"C\"")
        .Replace("{id}", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{bytes}", "bytea", StringComparison.Ordinal).Replace("{real}", "double precision", StringComparison.Ordinal);

    /// <summary>The same indexes as in SQLite; each is one of each part.</summary>
    static string Events() => $"""
        CREATE SEQUENCE event_block;
        CREATE TABLE event (id bigint NOT NULL, {Own(Schema.EventColumns)}, UNIQUE (device, boot, seq)) PARTITION BY HASH (device);
        {string.Join("\n", Enumerable.Range(0, Parts).Select(part => $"CREATE TABLE event_{part:D2} PARTITION OF event FOR VALUES WITH (MODULUS {Parts}, REMAINDER {part});"))}
        CREATE INDEX event_id ON event (id);
        {Schema.EventIndexes}
        """;

    [GeneratedRegex(@"\btext\b")]
    private static partial Regex Text();
}
