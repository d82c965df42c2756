using EdgeFace.Keeping;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EdgeFace.Storage;

/// <summary>
/// How every SQLite file of ours is made and opened: owner only, write-ahead log, synchronous=FULL, nothing in it
/// believed that somebody else may have put there.
/// </summary>
static class SqliteFile
{
    public static SqliteConnection Connect(string file, SqliteOpenMode mode = SqliteOpenMode.ReadWrite)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false, // a pooled connection outlives its owner, and with it the log
            DefaultTimeout = 1, // seconds; the real wait is busy_timeout, in milliseconds
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Prepare(SqliteConnection connection, TimeSpan lockWait)
    {
        _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_DEFENSIVE, 1, out _);
        connection.Execute(
            $"""
            PRAGMA busy_timeout = {(int)lockWait.TotalMilliseconds};
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA foreign_keys = ON;
            PRAGMA synchronous = FULL;
            """);
    }

    /// <summary>
    /// Made beside its place and moved there when it is whole. So a file of no bytes is never a first start that was
    /// cut short, but damage. Where another process was first, its file stands.
    /// </summary>
    public static void Create(string file, Action<SqliteConnection> fill)
    {
        var draft = AtomicFile.DraftOf(file);
        try
        {
            OwnerOnly.CreateFile(draft).Dispose();
            using (var connection = Connect(draft)) fill(connection);
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
                $"The file {file} cannot be made: {e.Message} Make the folder writable for this user.", e);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>What a crash in the middle of a first start left: once the file stands, no draft is of use.</summary>
    public static void DeleteDrafts(string file)
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

    /// <exception cref="StorageException">It has tables, triggers or views that these steps did not make.</exception>
    public static void RequireOwnTables(SqliteConnection connection, string[] steps, string remedy)
    {
        var version = Schema.VersionOf(connection, steps.Length);
        if (Schema.Fingerprint(connection) == Schema.Expected(steps[..version])) return;

        throw new StorageException(StorageFault.Foreign,
            $"{connection.DataSource} has tables, triggers or views that edgeface did not make. It is "
            + $"another program's database, or somebody changed it: {remedy}");
    }

    /// <exception cref="StorageException">The file system cannot hold a write-ahead log.</exception>
    public static void RequireLog(SqliteConnection connection)
    {
        if (connection.Scalar<string>("PRAGMA journal_mode = WAL") is not (var mode and not "wal")) return;

        throw new StorageException(StorageFault.ReadOnly,
            $"{connection.DataSource} cannot keep a write-ahead log (it stays with '{mode}'): the data "
            + "folder must be on a local, writable disk.");
    }
}
