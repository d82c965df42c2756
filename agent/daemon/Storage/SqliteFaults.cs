using Microsoft.Data.Sqlite;

namespace EdgeFace.Storage;

/// <summary>
/// What SQLite's result codes (sqlite.org/rescode.html) mean for whoever stands before the door, and what to do.
/// </summary>
static class SqliteFaults
{
    /// <summary>SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log, not a broken disk.</summary>
    const int ShmSize = 4874;

    const string GalleryRemedy = "import your last archive.";

    public static StorageException Explain(
        SqliteException e, string file, TimeSpan wait, string remedy = GalleryRemedy) =>
        e.SqliteErrorCode switch
        {
            5 or 6 => new StorageException(StorageFault.Locked,
                $"{file} is locked by another program for longer than {wait.TotalMilliseconds:0} ms. Try again when "
                + "it is done.", e),
            11 => Damaged(file, e.Message, e, remedy),
            26 => Damaged(file, "it is not a SQLite database.", e, remedy),
            13 or 10 when e.SqliteErrorCode == 13 || e.SqliteExtendedErrorCode == ShmSize => new StorageException(
                StorageFault.DiskFull,
                $"{file} cannot grow: the disk is full. Nothing was changed. Free some space and try again.", e),
            3 or 8 or 23 => new StorageException(StorageFault.ReadOnly,
                $"{file} cannot be written: {e.Message} The file and its folder must be writable for the user that "
                + "runs edgeface.", e),
            14 => new StorageException(StorageFault.Missing,
                $"{file} cannot be opened: {e.Message} Look at the mode of the file and of its folder.", e),
            10 => new StorageException(StorageFault.InputOutput,
                $"The disk under {file} failed (SQLite code {e.SqliteExtendedErrorCode}). Look at the kernel's log, "
                + $"replace the disk and {remedy}", e),
            _ => new StorageException(StorageFault.Unknown,
                $"{file} refused an act (SQLite code {e.SqliteExtendedErrorCode}). This is a fault of edgeface: "
                + "report the code.", e),
        };

    public static StorageException Damaged(
        string file, string how, Exception? inner = null, string remedy = GalleryRemedy) => new(
        StorageFault.Damaged,
        $"{file} is damaged: {how} Nothing was changed. Move it away, together with its -wal and -shm files, "
        + $"and {remedy}", inner);
}
