using System.Buffers.Binary;
using System.Security.Cryptography;
using EdgeFace.Inference;
using EdgeFace.Keeping;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>
/// Removes every trace of a subject from the gallery's files: the rows are deleted under secure_delete, his sealed key
/// among them, and the write-ahead log is cut to nothing. What the medium itself keeps (a flash controller, a file
/// system's snapshots) and what was copied before is out of a program's reach: there his sealed key lies beside what
/// it opens, and both stay as safe as gallery.key.
/// </summary>
sealed class Eraser(GalleryDatabase database, TimeProvider time)
{
    /// <summary>
    /// Null when there is no such subject. A damaged one is erased like any other; of one who is erased already the
    /// receipt is given again, and what was left of the work is done. The receipt is not complete as long as another
    /// program holds the log open: the next erasure, <see cref="GalleryDatabase.Scrub"/>, write or start of edgeface
    /// ends it.
    /// </summary>
    public ErasureReceipt? Erase(SubjectId id)
    {
        var receipt = database.Write(connection => Delete(connection, id) ?? Given(connection, id));
        return receipt is null ? null : Signed(receipt, database.Scrub());
    }

    /// <summary>Every receipt that was given here, in order, and true of this moment.</summary>
    public IReadOnlyList<ErasureReceipt> Receipts()
    {
        var isComplete = database.Scrub();
        return [.. database.Read(connection => Read(connection, "SELECT receipt FROM erasure WHERE receipt <> '' ORDER BY row"))
            .Select(receipt => Signed(receipt, isComplete))];
    }

    ErasureReceipt Signed(ErasureReceipt receipt, bool isComplete) =>
        (receipt with { Complete = isComplete }).SignedBy(database.Key);

    static ErasureReceipt? Given(SqliteConnection connection, SubjectId id) => Read(
        connection, "SELECT receipt FROM erasure WHERE subject = $id AND receipt <> ''", ("$id", id.Value.ToBlob())).FirstOrDefault();

    static List<ErasureReceipt> Read(
        SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql, values);
        using var reader = command.ExecuteReader();
        var receipts = new List<ErasureReceipt>();
        while (reader.Read()) receipts.Add(ErasureReceipt.FromJson(reader.GetString(0)));
        return receipts;
    }

    /// <summary>The first half of an erasure, inside its caller's transaction; a scrub is the second.</summary>
    /// <param name="connection">The gallery.</param>
    /// <param name="id">Whom.</param>
    /// <param name="byHub">The hub removes him, and may bring him back; whom somebody erased here stays out.</param>
    public ErasureReceipt? Delete(SqliteConnection connection, SubjectId id, bool byHub = false)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (!AppendSubject(connection, id, digest)) return null;

        var templates = AppendTemplates(connection, id, digest);
        var receipt = new ErasureReceipt(
            Guid.NewGuid().ToString("N"), id.ToString(), time.GetUtcNow(), templates,
            Convert.ToHexStringLower(digest.GetHashAndReset()), Complete: false, Hmac: "").SignedBy(database.Key);

        SubjectRows.Delete(connection, id);
        connection.Execute(
            "INSERT INTO erasure (subject, receipt, by_hub) VALUES ($id, $receipt, $hub) ON CONFLICT (subject) DO UPDATE SET "
            + "receipt = $receipt, by_hub = $hub",
            ("$id", id.Value.ToBlob()), ("$receipt", receipt.ToJson()), ("$hub", byHub ? 1 : 0));
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
