using Microsoft.Data.Sqlite;

namespace EdgeFace.Storage;

/// <summary>
/// The gallery's file: one connection, used by one thread at a time, under one data key. WAL with synchronous=FULL, so
/// what was acknowledged outlives a power cut; secure_delete, so what is deleted is overwritten.
/// </summary>
sealed class GalleryDatabase : IDisposable
{
    /// <summary>How long an act waits for another program before it gives up.</summary>
    public static readonly TimeSpan DefaultLockWait = TimeSpan.FromSeconds(5);

    readonly Lock _turn = new();
    readonly SqliteConnection _connection;
    readonly TimeSpan _lockWait;
    bool _scrubbed;

    GalleryDatabase(SqliteConnection connection, bool scrubbed, SealingKey key, string file, TimeSpan lockWait)
    {
        (_connection, _scrubbed, Key, File, _lockWait) = (connection, scrubbed, key, file, lockWait);
    }

    public string File { get; }

    public SealingKey Key { get; }

    /// <summary>Opens the gallery of a folder; folder, key and an empty gallery are made at the first start.</summary>
    /// <param name="folder">Where gallery.db and gallery.key stand.</param>
    /// <param name="lockWait">
    /// 0 to 60 s; <see cref="DefaultLockWait"/> when not said. Under a second still takes about one: the driver
    /// retries that long.
    /// </param>
    /// <exception cref="StorageException">Any fault but those of an archive; nothing was changed.</exception>
    public static GalleryDatabase Open(StateFolder folder, TimeSpan? lockWait = null)
    {
        folder.Create();
        var isNew = GalleryFile.IsToBeMade(folder.Gallery);
        var key = SealingKey.Of(folder, create: isNew);
        try
        {
            if (isNew) GalleryFile.Create(folder.Gallery, key);
            var wait = lockWait ?? DefaultLockWait;
            var (connection, scrubbed) = GalleryFile.Open(folder, key, wait);
            return new GalleryDatabase(connection, scrubbed, key, folder.Gallery, wait);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Counts the acts that changed the gallery, whichever program did them: who holds a copy knows when it is
    /// stale.
    /// </summary>
    public long Revision() => Read(connection => connection.Scalar<long>("SELECT revision FROM gallery"));

    /// <summary>Reads one consistent state.</summary>
    public T Read<T>(Func<SqliteConnection, T> act) => InTurn(() =>
    {
        using var transaction = _connection.BeginTransaction(deferred: true);
        var result = act(_connection);
        transaction.Commit();
        return result;
    });

    /// <summary>Does all of an act or nothing of it; durable when it returns.</summary>
    public T Write<T>(Func<SqliteConnection, T> act) => InTurn(() =>
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        var before = _connection.Scalar<long>("SELECT total_changes()");
        var result = act(_connection);
        if (_connection.Scalar<long>("SELECT total_changes()") > before)
            _connection.Execute("UPDATE gallery SET revision = revision + 1");
        transaction.Commit();
        if (!_scrubbed) ScrubUnlessHeld();
        return result;
    });

    /// <summary>
    /// Brings every deleted byte out of the files: pages are overwritten in the database and the log is cut to nothing.
    /// False when another program still reads an older state and keeps the log alive.
    /// </summary>
    public bool Scrub() => InTurn(() => _scrubbed = GalleryFile.Scrub(_connection));

    /// <summary>
    /// Where a reader held up the last scrub, or the one at the start, each write tries again, and waits for nobody.
    /// </summary>
    void ScrubUnlessHeld()
    {
        _connection.Execute("PRAGMA busy_timeout = 0");
        _scrubbed = GalleryFile.Scrub(_connection);
        _connection.Execute($"PRAGMA busy_timeout = {(int)_lockWait.TotalMilliseconds}");
    }

    T InTurn<T>(Func<T> act)
    {
        lock (_turn)
        {
            try
            {
                return act();
            }
            catch (SqliteException e)
            {
                throw SqliteFaults.Explain(e, File, _lockWait);
            }
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            _connection.Dispose();
            Key.Dispose();
        }
    }

    public override string ToString() => $"Gallery {File}";
}
