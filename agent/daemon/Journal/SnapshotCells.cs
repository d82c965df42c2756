using EdgeFace.Keeping;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>
/// Pictures of events, only where the operator turned them on: each sealed under the gallery's key, bound to its event,
/// and gone after its time.
/// </summary>
sealed class SnapshotCells(SealingKey key, JournalOptions options) : IDisposable
{
    const int KiB = 1024;
    static readonly TimeSpan LockWait = TimeSpan.FromSeconds(5);

    public void Put(SqliteConnection connection, EventId id, long at, byte[] picture)
    {
        if (picture.Length > options.SnapshotKilobytesMax * KiB) return;

        var expires = at + (long)TimeSpan.FromHours(options.SnapshotHours).TotalMicroseconds;
        connection.Execute(
            "INSERT INTO snapshot (seq, expires, sealed) VALUES ($seq, $expires, $sealed)",
            ("$seq", id.Seq), ("$expires", expires), ("$sealed", key.Cipher.Seal(picture, PlaceOf(id))));
    }

    /// <summary>The picture of an event; null when there is none, it has gone, or does not open.</summary>
    public static byte[]? Read(SqliteConnection connection, EventId id, SealingKey key, DateTimeOffset now)
    {
        var cell = connection.Scalar<byte[]>(
            "SELECT sealed FROM snapshot WHERE seq = $seq AND expires > $now",
            ("$seq", id.Seq), ("$now", EventRow.Microseconds(now)));
        if (cell is null || cell.Length < CellCipher.Overhead) return null;

        var picture = new byte[cell.Length - CellCipher.Overhead];
        return key.Cipher.TryOpen(cell, PlaceOf(id), picture) ? picture : null;
    }

    /// <summary>
    /// What has expired, and the oldest above a number, is overwritten and not only forgotten. A clock that was set back
    /// keeps none for ever: the number bounds them.
    /// </summary>
    public static int Sweep(SqliteConnection connection, DateTimeOffset now, int keep)
    {
        connection.Execute("PRAGMA secure_delete = ON");
        var gone = connection.Execute(
            """
            DELETE FROM snapshot WHERE expires <= $now
                OR seq <= (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 1 OFFSET $keep)
            """, ("$now", EventRow.Microseconds(now)), ("$keep", keep));
        connection.Execute("PRAGMA secure_delete = OFF");
        return gone;
    }

    /// <summary>
    /// Pictures of the events that name somebody who is erased. The events stay, under a number that stands for nobody any more.
    /// From any process, beside a running daemon.
    /// </summary>
    /// <returns>How many there were; 0 where there is no journal.</returns>
    /// <exception cref="StorageException">The journal cannot be written.</exception>
    public static int Erase(string journal, SubjectId subject)
    {
        if (!File.Exists(journal)) return 0;

        try
        {
            using var connection = SqliteFile.Connect(journal);
            SqliteFile.Prepare(connection, LockWait);
            connection.Execute("PRAGMA secure_delete = ON");
            var gone = connection.Execute(
                "DELETE FROM snapshot WHERE seq IN (SELECT seq FROM event WHERE subject = $subject)", ("$subject", subject.Value.ToBlob()));
            if (gone > 0) connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            return gone;
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Explain(e, journal, LockWait, JournalSchema.Remedy);
        }
    }

    static CellPlace PlaceOf(EventId id) => new($"snapshot.sealed of {id}");

    public void Dispose() => key.Dispose();
}
