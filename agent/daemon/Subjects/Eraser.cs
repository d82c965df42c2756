using System.Buffers.Binary;
using System.Security.Cryptography;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>
/// Removes every trace of a subject from the gallery's files: the rows are deleted under secure_delete, his key dies
/// with them, and the write-ahead log is cut to nothing. What the medium itself keeps (a flash controller, a file
/// system's snapshots, a backup) is out of a program's reach; there only the dead key helps.
/// </summary>
sealed class Eraser(GalleryDatabase database, TimeProvider time)
{
    /// <summary>Null when there is no such subject. A damaged one is erased like any other.</summary>
    /// <exception cref="StorageException">
    /// With <see cref="StorageFault.ErasureUnfinished"/> the subject is deleted, but another program holds the log
    /// open; the next erasure, <see cref="GalleryDatabase.Scrub"/> or start of edgeface ends it.
    /// </exception>
    public ErasureReceipt? Erase(SubjectId id)
    {
        var receipt = database.Write(connection => Delete(connection, id));
        if (receipt is null || database.Scrub()) return receipt;

        throw new StorageException(StorageFault.ErasureUnfinished,
            $"Subject {id} is deleted (receipt {receipt.ReceiptId}), but another program is reading the "
            + $"gallery, so sealed bytes still stand in {database.File}-wal. End that program and start edgeface "
            + "again.");
    }

    ErasureReceipt? Delete(SqliteConnection connection, SubjectId id)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (!AppendSubject(connection, id, digest)) return null;

        var templates = AppendTemplates(connection, id, digest);
        var receipt = new ErasureReceipt(
            Guid.NewGuid().ToString("N"), id.ToString(), time.GetUtcNow(), templates,
            Convert.ToHexStringLower(digest.GetHashAndReset()), Hmac: "").SignedBy(database.Key);

        SubjectRows.Delete(connection, id);
        connection.Execute(
            "INSERT INTO erasure (subject, receipt) VALUES ($id, $receipt) ON CONFLICT (subject) DO UPDATE SET "
            + "receipt = $receipt",
            ("$id", id.Value.ToBlob()), ("$receipt", receipt.ToJson()));
        return receipt;
    }

    static bool AppendSubject(SqliteConnection connection, SubjectId id, IncrementalHash digest)
    {
        using var command = connection.Command(
            "SELECT sealed_key, sealed_profile FROM subject WHERE id = $id", ("$id", id.Value.ToBlob()));
        using var reader = command.ExecuteReader();
        if (!reader.Read()) return false;

        Append(digest, SubjectCells.KeyPlace(id), reader.GetFieldValue<byte[]>(0));
        Append(digest, SubjectCells.ProfilePlace(id), reader.GetFieldValue<byte[]>(1));
        return true;
    }

    static int AppendTemplates(SqliteConnection connection, SubjectId id, IncrementalHash digest)
    {
        using var command = connection.Command(
            "SELECT id, model, sealed FROM template WHERE subject = $id ORDER BY row", ("$id", id.Value.ToBlob()));
        using var reader = command.ExecuteReader();
        var count = 0;
        for (; reader.Read(); count++)
        {
            var template = new TemplateId(new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true));
            var place = SubjectCells.TemplatePlace(id, template, new ModelId(reader.GetString(1)));
            Append(digest, place, reader.GetFieldValue<byte[]>(2));
        }

        return count;
    }

    static void Append(IncrementalHash digest, CellPlace place, byte[] cell)
    {
        AppendPart(digest, place.ToBytes());
        AppendPart(digest, cell);
    }

    static void AppendPart(IncrementalHash digest, byte[] part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        digest.AppendData(length);
        digest.AppendData(part);
    }
}
