using System.Data.Common;
using EdgeFace.Keeping;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// One file, one writer at a time, readers beside it: WAL with synchronous=FULL, so that what was committed outlives a power cut,
/// and secure_delete, so that what was erased leaves the pages.
/// </summary>
sealed class SqliteDatabase : IDatabase
{
    const int WaitSeconds = 30;

    /// <summary>Of pages, for each connection: the inner pages of all indexes of some ten million events.</summary>
    const int CacheKilobytes = 65_536;

    /// <summary>SQLITE_TOOBIG and the like.</summary>
    const int TooBig = 18, Constraint = 19, Mismatch = 20, Range = 25;

    readonly string _connection;
    readonly string _file;

    /// <param name="file">Made when missing; its folder must be there.</param>
    public SqliteDatabase(string file) => (_file, _connection) = (file, new SqliteConnectionStringBuilder
    {
        DataSource = file,
        DefaultTimeout = WaitSeconds,
    }.ToString());

    public string Engine => "sqlite";

    public int IdBlock => 1;

    public async ValueTask<DbConnection> OpenAsync(CancellationToken stop)
    {
        var connection = new SqliteConnection(_connection);
        try
        {
            await connection.OpenAsync(stop);
            await connection.ExecuteAsync(
                $"PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; PRAGMA cache_size = -{CacheKilobytes}", [], stop);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task MigrateAsync(CancellationToken stop)
    {
        await using var connection = await OpenAsync(stop);
        await connection.ExecuteAsync("PRAGMA journal_mode = WAL", [], stop);
        await using var transaction = await connection.BeginTransactionAsync(stop); // takes the one writer's place at once
        var done = (int)await connection.NumberAsync("PRAGMA user_version", [], stop, transaction);
        if (done > Schema.Steps.Length)
            throw new StoreException($"{_file} was written by a newer program (tables {done}, this one knows {Schema.Steps.Length}). Start that one.");

        if (done == 0) await connection.ExecuteAsync(Events, [], stop, transaction);
        foreach (var step in Schema.Steps.Skip(done))
        {
            await connection.ExecuteAsync(
                step.Replace("{id}", "integer PRIMARY KEY AUTOINCREMENT", StringComparison.Ordinal)
                    .Replace("{bytes}", "blob", StringComparison.Ordinal).Replace("{real}", "real", StringComparison.Ordinal), [], stop, transaction);
        }

        await connection.ExecuteAsync($"PRAGMA user_version = {Schema.Steps.Length}", [], stop, transaction);
        await transaction.CommitAsync(stop);
    }

    public async Task<bool[]> KeepAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<KeptEvent> events, CancellationToken stop)
    {
        await using var insert = connection.Command(
            "INSERT INTO event (device, boot, seq, at, received, priority, kind, door, person, reason, body) VALUES "
            + "(@device, @boot, @seq, @at, @received, @priority, @kind, @door, @person, @reason, @body) ON CONFLICT (device, boot, seq) DO NOTHING",
            ("@device", null), ("@boot", null), ("@seq", null), ("@at", null), ("@received", null), ("@priority", null), ("@kind", null),
            ("@door", null), ("@person", null), ("@reason", null), ("@body", null));
        insert.Transaction = transaction;
        var isNew = new bool[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            var what = events[i];
            ReadOnlySpan<object?> cells =
            [
                what.Device, what.Boot, what.Seq, what.At, what.Received, what.Priority, what.Kind, what.Door, what.Person, what.Reason, what.Body,
            ];
            for (var k = 0; k < cells.Length; k++) insert.Parameters[k].Value = cells[k] ?? DBNull.Value;
            isNew[i] = await insert.ExecuteNonQueryAsync(stop) > 0;
        }

        return isNew;
    }

    /// <summary>A copy as of one moment, while others read and write (SQLite's online backup).</summary>
    /// <param name="file">Is made, with mode 0600.</param>
    /// <param name="stop">Ends it before it begins.</param>
    public async Task CopyAsync(string file, CancellationToken stop)
    {
        await OwnerOnly.CreateFile(file).DisposeAsync();
        await using var source = (SqliteConnection)await OpenAsync(stop);
        await using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        await copy.OpenAsync(stop);
        source.BackupDatabase(copy);
    }

    /// <summary>The write-ahead log still holds what the pages no longer do, until it is written anew from its beginning.</summary>
    public async Task<bool> ScrubAsync(CancellationToken stop)
    {
        await using var connection = await OpenAsync(stop);
        return await connection.NumberAsync("PRAGMA wal_checkpoint(TRUNCATE)", [], stop) == 0;
    }

    /// <summary>One file belongs to one instance: whoever has opened it holds every lease.</summary>
    public Task<ILease?> TryLeaseAsync(string name, CancellationToken stop) => Task.FromResult<ILease?>(new OwnLease());

    public bool IsOfValues(DbException fault) => fault is SqliteException { SqliteErrorCode: TooBig or Constraint or Mismatch or Range };

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        return ValueTask.CompletedTask;
    }

    const string Events = $"""
        CREATE TABLE event (id integer PRIMARY KEY AUTOINCREMENT, {Schema.EventColumns}, UNIQUE (device, boot, seq));
        {Schema.EventIndexes}
        """;

    sealed class OwnLease : ILease
    {
        public Task<bool> IsHeldAsync(CancellationToken stop) => Task.FromResult(true);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
