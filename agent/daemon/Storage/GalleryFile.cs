using Microsoft.Data.Sqlite;
using SQLitePCL;

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

    /// <summary>
    /// Made beside its place and moved there when it is whole. So a gallery.db of no bytes is never a first start
    /// that was cut short, but damage, and is not taken for an empty gallery.
    /// </summary>
    public static void Create(string file, SealingKey key)
    {
        var draft = AtomicFile.DraftOf(file);
        try
        {
            OwnerOnly.CreateFile(draft).Dispose();
            using (var connection = Connect(draft))
            {
                // Three templates a page, not one.
                connection.Execute("PRAGMA page_size = 8192; PRAGMA synchronous = EXTRA");
                Schema.Migrate(connection, Schema.Steps);
                connection.Execute("UPDATE gallery SET key_check = $check", ("$check", key.Cipher.Seal([], KeyCheck)));
            }

            // Where another process was first, its gallery stands.
            AtomicFile.MoveIntoPlace(draft, file, replace: false);
        }
        catch (SqliteException) when (File.Exists(file))
        {
            // Another process was first, and took our draft away as a crash's leaving.
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Explain(e, file, TimeSpan.Zero);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.ReadOnly,
                $"The gallery {file} cannot be made: {e.Message} Make the folder writable for this user.", e);
        }
        finally
        {
            File.Delete(draft);
        }
    }

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
            connection = Connect(file);
            Prepare(connection, lockWait);
            LookOver(connection);
            Schema.Migrate(connection, Schema.Steps);
            CheckKey(connection, key, folder.Key);
            DeleteDrafts(file);
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

    /// <summary>What a crash in the middle of a first start left: once the gallery stands, no draft is of use.</summary>
    static void DeleteDrafts(string file)
    {
        foreach (var draft in Directory.GetFiles(Path.GetDirectoryName(file) ?? "/", $"{Path.GetFileName(file)}.*.new*"))
        {
            try
            {
                File.Delete(draft);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It holds nobody, and whoever may not write here need not tidy.
            }
        }
    }

    static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false, // a pooled connection outlives its owner, and with it the log
            DefaultTimeout = 1, // seconds; the real wait is busy_timeout, in milliseconds
        }.ToString());
        connection.Open();
        return connection;
    }

    static void Prepare(SqliteConnection connection, TimeSpan lockWait)
    {
        _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_DEFENSIVE, 1, out _);
        connection.Execute(
            $"""
            PRAGMA busy_timeout = {(int)lockWait.TotalMilliseconds};
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA foreign_keys = ON;
            PRAGMA secure_delete = ON;
            PRAGMA synchronous = FULL;
            """);
    }

    /// <summary>Everything that can be asked of a file before it is changed.</summary>
    static void LookOver(SqliteConnection connection)
    {
        var version = Schema.VersionOf(connection, Schema.Steps.Length);
        if (connection.Scalar<string>("PRAGMA quick_check(1)") is var verdict and not "ok")
            throw SqliteFaults.Damaged(connection.DataSource, $"SQLite's check says '{verdict}'.");

        if (Schema.Fingerprint(connection) != Schema.Expected(Schema.Steps[..version]))
        {
            throw new StorageException(StorageFault.Foreign,
                $"{connection.DataSource} has tables, triggers or views that edgeface did not make. It is "
                + "another program's database, or somebody changed it: move it away and import your last archive.");
        }

        if (connection.Scalar<string>("PRAGMA journal_mode = WAL") is var mode and not "wal")
        {
            throw new StorageException(StorageFault.ReadOnly,
                $"{connection.DataSource} cannot keep a write-ahead log (it stays with '{mode}'): the data "
                + "folder must be on a local, writable disk.");
        }
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
