using System.Security.Cryptography;
using System.Text.Json;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>What an export wrote. Damaged subjects are not in the archive.</summary>
readonly record struct ExportReport(int Subjects, int Templates, IReadOnlyList<DamagedCell> Damaged);

/// <summary>What an import did with each subject of the archive.</summary>
/// <param name="Added">New here.</param>
/// <param name="Replaced">Were here under the same id and are now as in the archive.</param>
/// <param name="Skipped">Are here under the same id and stay as they are.</param>
/// <param name="Erased">
/// Were erased: an archive brings nobody back of whose erasure this gallery, or the archive itself, knows.
/// </param>
readonly record struct ImportReport(int Added, int Replaced, int Skipped, int Erased)
{
    /// <summary>Not null when a face of the archive is borne here under another id: then nothing was imported.</summary>
    public TakenFace? Taken { get; init; }
}

/// <summary>A face under two names.</summary>
/// <param name="Archived">Who brings it.</param>
/// <param name="Here">Who bears it here.</param>
/// <param name="Similarity">Of the two, -1..1.</param>
readonly record struct TakenFace(SubjectId Archived, SubjectId Here, float Similarity);

/// <summary>
/// The whole gallery in one file under a passphrase, and back. The archive is independent of the device's data key. With
/// it go the random ids of who was erased, and stay with the gallery that imports it. That keeps them out for as long
/// as such a gallery stands: an older archive in a fresh gallery brings back whoever was erased since it was made.
/// </summary>
sealed class GalleryArchive(SubjectStore store, TimeProvider time)
{
    readonly SubjectRows _rows = new(store.Database.Key);

    /// <exception cref="ArgumentException">The passphrase is shorter than 12 characters.</exception>
    /// <exception cref="StorageException">The gallery cannot be read, or the archive not be written.</exception>
    public ExportReport Export(string file, ReadOnlySpan<char> passphrase)
    {
        var (subjects, templates, erased) = store.Database.Read(connection =>
            (_rows.All(connection), _rows.Templates(connection, model: null), ErasedIds(connection)));
        var damaged = subjects.Damaged.Concat(templates.Damaged).Distinct().ToArray();
        var distrusted = damaged.Select(cell => cell.Subject).ToHashSet();
        var whole = subjects.Where(subject => !distrusted.Contains(subject.Id)).ToArray();

        var content = ArchiveContent.Of(time.GetUtcNow(), whole, templates, erased);
        var plain = JsonSerializer.SerializeToUtf8Bytes(content, ArchiveJson.Default.ArchiveContent);
        try
        {
            PassphraseFile.Write(file, passphrase, plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }

        return new ExportReport(whole.Length, templates.Count, damaged);
    }

    /// <summary>
    /// Looks the whole archive over before it writes anything, then writes all of it in one transaction.
    /// </summary>
    /// <param name="file">What an export wrote.</param>
    /// <param name="passphrase">What it was exported under.</param>
    /// <param name="replace">
    /// Subjects that are here under the same id become those of the archive; otherwise they stay.
    /// </param>
    /// <param name="similarityMin">
    /// Of a model: cosine at or above which a face is one that is borne here under another id, -1..1; null for a model
    /// that is not known, whose templates no search reads. Without it nobody is compared: twins.
    /// </param>
    /// <exception cref="StorageException">
    /// The archive does not open, its content cannot be kept, or a name in it is borne here by another subject.
    /// </exception>
    public ImportReport Import(
        string file, ReadOnlySpan<char> passphrase, bool replace = false, Func<ModelId, float?>? similarityMin = null)
    {
        var (subjects, erased) = Parse(file, PassphraseFile.Read(file, passphrase));
        var report = store.Database.Write(connection => Write(connection, file, subjects, erased, replace, similarityMin));
        if (report.Replaced > 0) store.Database.Scrub();
        return report;
    }

    static (IReadOnlyList<ArchivedSubject.Opened>, IReadOnlyList<SubjectId> Erased) Parse(string file, byte[] plain)
    {
        try
        {
            return (JsonSerializer.Deserialize(plain, ArchiveJson.Default.ArchiveContent)
                ?? throw new JsonException("It is empty.")).Open();
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException)
        {
            // The inner exception is left behind: a JSON fault may quote the archive, and the archive holds names.
            throw new StorageException(StorageFault.BadArchive,
                $"{file} opens, but its content cannot be kept ({e.GetType().Name}). Nothing was imported.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    ImportReport Write(
        SqliteConnection connection, string file, IReadOnlyList<ArchivedSubject.Opened> archived,
        IReadOnlyList<SubjectId> erasedThere, bool replace, Func<ModelId, float?>? similarityMin)
    {
        var present = _rows.All(connection);
        var ids = present.Select(subject => subject.Id).ToHashSet();
        ids.UnionWith(present.Damaged.Select(cell => cell.Subject));
        var erased = ErasedIds(connection);
        erased.UnionWith(erasedThere.Where(id => !ids.Contains(id)));
        CheckNames(file, archived.Where(one => !erased.Contains(one.Subject.Id)), present);

        var coming = archived.Where(one =>
            !erased.Contains(one.Subject.Id) && (replace || !ids.Contains(one.Subject.Id)));
        if (similarityMin is not null && present.Count > 0 && FindTaken(connection, coming, similarityMin) is { } taken)
            return new ImportReport { Taken = taken };

        foreach (var id in erasedThere.Where(id => !ids.Contains(id))) KeepOut(connection, id);
        var report = default(ImportReport);
        foreach (var (subject, templates) in archived)
        {
            if (erased.Contains(subject.Id))
            {
                report = report with { Erased = report.Erased + 1 };
                continue;
            }

            if (ids.Contains(subject.Id) && !replace)
            {
                report = report with { Skipped = report.Skipped + 1 };
                continue;
            }

            if (ids.Contains(subject.Id))
            {
                SubjectRows.Delete(connection, subject.Id);
                report = report with { Replaced = report.Replaced + 1 };
            }
            else
            {
                report = report with { Added = report.Added + 1 };
            }

            using var cells = _rows.Insert(connection, subject);
            foreach (var template in templates) // under a fresh number: the old one may stand in this gallery already
                SubjectRows.Insert(connection, cells, template with { Id = TemplateId.New() });
        }

        return report;
    }

    TakenFace? FindTaken(
        SqliteConnection connection, IEnumerable<ArchivedSubject.Opened> coming, Func<ModelId, float?> similarityMin)
    {
        foreach (var model in coming.SelectMany(one => one.Templates).GroupBy(template => template.Model))
        {
            if (similarityMin(model.Key) is not { } min) continue;

            var here = new KnownFaces(connection, _rows, model.Key);
            foreach (var own in model.GroupBy(template => template.Subject))
            {
                var samples = own.Select(one => new EnrollmentSample(one.Embedding, one.Quality, one.CapturedAt));
                if (here.Nearest(own.Key, [.. samples]) is var (first, similarity) && similarity >= min)
                    return new TakenFace(own.Key, first, similarity);
            }
        }

        return null;
    }

    static void CheckNames(string file, IEnumerable<ArchivedSubject.Opened> archived, LoadedSubjects present)
    {
        var bearers = present.ToDictionary(subject => subject.Name, subject => subject.Id);
        foreach (var (subject, _) in archived)
        {
            if (!bearers.TryGetValue(subject.Name, out var bearer) || bearer == subject.Id) continue;

            throw new StorageException(StorageFault.NameTaken,
                $"Subject {subject.Id} of {file} bears the same name as subject {bearer} here. Nothing was "
                + "imported: delete one of them and try again.");
        }
    }

    /// <summary>
    /// Without a receipt, which only the device gives that erased him. Who is here stays: an archive erases nobody.
    /// </summary>
    static void KeepOut(SqliteConnection connection, SubjectId id) => connection.Execute(
        "INSERT INTO erasure (subject, receipt) VALUES ($id, '') ON CONFLICT DO NOTHING",
        ("$id", id.Value.ToBlob()));

    static HashSet<SubjectId> ErasedIds(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT subject FROM erasure");
        using var reader = command.ExecuteReader();
        var ids = new HashSet<SubjectId>();
        while (reader.Read()) ids.Add(new SubjectId(new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true)));
        return ids;
    }
}
