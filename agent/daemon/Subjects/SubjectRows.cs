using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>
/// The two tables of people, in and out of their seals. Every call runs inside its caller's transaction.
/// </summary>
sealed class SubjectRows(SealingKey key)
{
    /// <summary>Writes the subject under a fresh key of its own.</summary>
    public SubjectCells Insert(SqliteConnection connection, Subject subject)
    {
        var cells = SubjectCells.Create(subject.Id, key);
        connection.Execute(
            "INSERT INTO subject (id, sealed_key, sealed_profile) VALUES ($id, $key, $profile)",
            ("$id", subject.Id.Value.ToBlob()), ("$key", cells.SealedKey), ("$profile", cells.Seal(subject)));
        return cells;
    }

    public void Update(SqliteConnection connection, Subject subject)
    {
        using var cells = Cells(connection, subject.Id);
        connection.Execute(
            "UPDATE subject SET sealed_profile = $profile WHERE id = $id",
            ("$id", subject.Id.Value.ToBlob()), ("$profile", cells.Seal(subject)));
    }

    /// <summary>Takes the templates with it, by the foreign key.</summary>
    public static void Delete(SqliteConnection connection, SubjectId id) =>
        connection.Execute("DELETE FROM subject WHERE id = $id", ("$id", id.Value.ToBlob()));

    /// <exception cref="StorageException">The subject's key is damaged.</exception>
    public SubjectCells Cells(SqliteConnection connection, SubjectId id)
    {
        var sealedKey = connection.Scalar<byte[]>(
            "SELECT sealed_key FROM subject WHERE id = $id", ("$id", id.Value.ToBlob()));
        return sealedKey is not null && SubjectCells.Open(id, sealedKey, key) is { } cells
            ? cells
            : throw new StorageException(StorageFault.Damaged,
                $"The key of subject {id} is damaged or was moved there from another row. Delete the subject "
                + "and enrol anew.");
    }

    public LoadedSubjects All(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT id, sealed_key, sealed_profile FROM subject ORDER BY row");
        return Load(command);
    }

    /// <summary>Null when he is not there or is damaged.</summary>
    public Subject? Find(SqliteConnection connection, SubjectId id)
    {
        using var command = connection.Command(
            "SELECT id, sealed_key, sealed_profile FROM subject WHERE id = $id", ("$id", id.Value.ToBlob()));
        return Load(command).FirstOrDefault();
    }

    LoadedSubjects Load(SqliteCommand command)
    {
        var subjects = new List<Subject>();
        var damaged = new List<DamagedCell>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = IdAt(reader, 0);
            using var cells = SubjectCells.Open(id, reader.GetFieldValue<byte[]>(1), key);
            if (cells?.OpenProfile(reader.GetFieldValue<byte[]>(2)) is { } subject)
                subjects.Add(subject);
            else
                damaged.Add(Damage(id, cells));
        }

        return new LoadedSubjects(subjects, damaged);
    }

    public static void Insert(SqliteConnection connection, SubjectCells cells, StoredTemplate template) =>
        connection.Execute(
            "INSERT INTO template (id, subject, model, sealed) VALUES ($id, $subject, $model, $sealed)",
            ("$id", template.Id.Value.ToBlob()), ("$subject", cells.Id.Value.ToBlob()),
            ("$model", template.Model.Value), ("$sealed", cells.Seal(template)));

    public static void Delete(SqliteConnection connection, TemplateId id) =>
        connection.Execute("DELETE FROM template WHERE id = $id", ("$id", id.Value.ToBlob()));

    /// <summary>Of one model, or of all; whoever has a damaged cell is left out whole.</summary>
    /// <param name="connection">To the gallery.</param>
    /// <param name="model">Null: of all.</param>
    /// <param name="without">Whose are not opened; null: everybody's are.</param>
    public LoadedTemplates Templates(SqliteConnection connection, ModelId? model, IReadOnlySet<SubjectId>? without = null)
    {
        // CROSS JOIN holds SQLite to this order of loops: the rows of a subject then come together, and nothing is
        // sorted.
        using var command = connection.Command(
            """
            SELECT s.id, s.sealed_key, s.sealed_profile, t.id, t.model, t.sealed
            FROM subject s CROSS JOIN template t ON t.subject = s.id
            WHERE $model = '' OR t.model = $model ORDER BY s.row
            """,
            ("$model", model?.Value ?? ""));
        using var reader = command.ExecuteReader();
        var loading = new TemplateLoading();
        try
        {
            while (reader.Read())
                if (without?.Contains(IdAt(reader, 0)) is not true) Load(reader, loading);
            return loading.Result();
        }
        finally
        {
            loading.Cells?.Dispose();
        }
    }

    void Load(SqliteDataReader reader, TemplateLoading loading)
    {
        var id = IdAt(reader, 0);
        if (loading.TurnsTo(id))
        {
            loading.Cells?.Dispose();
            loading.Cells = SubjectCells.Open(id, reader.GetFieldValue<byte[]>(1), key);
            if (loading.Cells?.OpenProfile(reader.GetFieldValue<byte[]>(2)) is null)
                loading.Damaged.Add(Damage(id, loading.Cells));
        }

        var template = new TemplateId(GuidAt(reader, 3));
        var opened = loading.Cells?.OpenTemplate(
            reader.GetFieldValue<byte[]>(5), template, new ModelId(reader.GetString(4)));
        if (opened is not null)
            loading.Templates.Add(opened);
        else if (loading.Cells is not null)
            loading.Damaged.Add(new DamagedCell(id, "template.sealed", template));
    }

    static DamagedCell Damage(SubjectId id, SubjectCells? cells) =>
        new(id, cells is null ? "subject.sealed_key" : "subject.sealed_profile", Template: null);

    static SubjectId IdAt(SqliteDataReader reader, int column) => new(GuidAt(reader, column));

    static Guid GuidAt(SqliteDataReader reader, int column) =>
        new(reader.GetFieldValue<byte[]>(column), bigEndian: true);
}
