using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>A journal opened to be read only: by another process, by another user, or a copy of it.</summary>
static class JournalConnection
{
    /// <exception cref="StorageException">There is no such file.</exception>
    public static SqliteConnection OpenReadOnly(string file, TimeSpan lockWait)
    {
        if (!File.Exists(file))
        {
            throw new StorageException(StorageFault.Missing,
                $"There is no journal {file}. It is made by the daemon: edgeface run --profile NAME|FILE");
        }

        var connection = SqliteFile.Connect(file, SqliteOpenMode.ReadOnly);
        try
        {
            SqliteFile.Prepare(connection, lockWait);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
