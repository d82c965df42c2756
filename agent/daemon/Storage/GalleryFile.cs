using EdgeFace.Keeping;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Storage;

/// <summary>How a gallery's file is made and how it is looked over before anything in it is believed.</summary>
static class GalleryFile
{
    static readonly CellPlace KeyCheck = new("gallery.key_check");

    /// <summary>True when there is no gallery yet, nor any sign that there was one.</summary>
    /// <exception cref="StorageException">
    /// The log of a gallery that is gone stands there: SQLite would play it into the new one.
    /// </exception>
    public static bool IsToBeMade(string file)
    {
        // The logs are looked for first: another process that makes the gallery just now makes its log afterwards.
        var orphan = new[] { $"{file}-wal", $"{file}-shm" }.FirstOrDefault(File.Exists);
        if (File.Exists(file)) return false;
        if (orphan is null) return true;

        throw new StorageException(StorageFault.Damaged,
            $"{orphan} stands there without {file}, to which it belongs. Nothing was changed. Put {file} back; or, to "
            + $"begin with an empty gallery, move {file}-wal and {file}-shm away.");
    }

    /// <inheritdoc cref="SqliteFile.Create"/>
    public static void Create(string file, SealingKey key) => SqliteFile.Create(file, connection =>
    {
        // Three templates a page, not one.
        connection.Execute("PRAGMA page_size = 8192; PRAGMA synchronous = EXTRA");
        Schema.Migrate(connection, Schema.Steps);
        connection.Execute("UPDATE gallery SET key_check = $check", ("$check", key.Cipher.Seal([], KeyCheck)));
    });

    /// <returns>
    /// Scrubbed says that an erasure that was cut short is ended; false when another program holds the log.
    /// </returns>
    public static (SqliteConnection Connection, bool Scrubbed) Open(StateFolder folder, SealingKey key, TimeSpan lockWait)
    {
        var file = folder.Gallery;
        if (new FileInfo(file).Length == 0) throw SqliteFaults.Damaged(file, "it has no bytes.");

        SqliteConnection? connection = null;
        try
        {
            connection = SqliteFile.Connect(file);
            SqliteFile.Prepare(connection, lockWait);
            connection.Execute("PRAGMA secure_delete = ON");
            LookOver(connection);
            Schema.Migrate(connection, Schema.Steps);
            CheckKey(connection, key, folder.Key);
            SqliteFile.DeleteDrafts(file);
            return (connection, Scrub(connection));
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw SqliteFaults.Explain(e, file, lockWait);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>False when another program still reads an older state and keeps the log alive.</summary>
    public static bool Scrub(SqliteConnection connection) =>
        connection.Scalar<long>("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    /// <summary>Everything that can be asked of a file before it is changed.</summary>
    static void LookOver(SqliteConnection connection)
    {
        _ = Schema.VersionOf(connection, Schema.Steps.Length); // a newer schema is said before anything else
        if (connection.Scalar<string>("PRAGMA quick_check(1)") is var verdict and not "ok")
            throw SqliteFaults.Damaged(connection.DataSource, $"SQLite's check says '{verdict}'.");

        SqliteFile.RequireOwnTables(connection, Schema.Steps, "move it away and import your last archive.");
        SqliteFile.RequireLog(connection);
    }

    static void CheckKey(SqliteConnection connection, SealingKey key, string keyFile)
    {
        var check = connection.Scalar<byte[]>("SELECT key_check FROM gallery");
        if (check is null) // a file of version 0 that was brought up just now
        {
            connection.Execute("UPDATE gallery SET key_check = $check", ("$check", key.Cipher.Seal([], KeyCheck)));
        }
        else if (!key.Cipher.TryOpen(check, KeyCheck, []))
        {
            throw new StorageException(StorageFault.WrongKey,
                $"{connection.DataSource} is sealed under another key than {keyFile}. "
                + "Put back the key file that belongs to it.");
        }
    }
}
