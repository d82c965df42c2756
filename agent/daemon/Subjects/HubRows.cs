using EdgeFace.Delivery;
using EdgeFace.Keeping;
using EdgeFace.Matching;
using EdgeFace.Storage;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>
/// What the hub wants here, as it stands in the gallery's file. Every call runs inside its caller's transaction. Statements that run
/// once for each of ten thousand people are prepared once.
/// </summary>
sealed class HubRows : IDisposable
{
    readonly SealingKey _key;
    readonly SqliteCommand _subject, _template, _person, _forget, _delete;

    public HubRows(SqliteConnection connection, SealingKey key)
    {
        _key = key;
        _subject = Prepared(connection, "INSERT INTO subject (id, sealed_key, sealed_profile) VALUES ($id, $key, $profile)", "$id", "$key", "$profile");
        _template = Prepared(connection, "INSERT INTO template (id, subject, model, sealed) VALUES ($id, $subject, $model, $sealed)", "$id", "$subject", "$model", "$sealed");
        _person = Prepared(connection, "INSERT OR REPLACE INTO hub_person (subject, sealed_record) VALUES ($id, $record)", "$id", "$record");
        _forget = Prepared(connection, "DELETE FROM hub_person WHERE subject = $id", "$id");
        _delete = Prepared(connection, "DELETE FROM subject WHERE id = $id", "$id");
    }

    public static GalleryInForce? InForce(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT gallery, version, content, model, people, templates FROM hub_gallery");
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new GalleryInForce(
                reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5))
            : null;
    }

    public static void Put(SqliteConnection connection, GalleryManifest manifest) => connection.Execute(
        """
        INSERT OR REPLACE INTO hub_gallery (one, gallery, version, content, model, people, templates)
        VALUES (1, $gallery, $version, $content, $model, $people, $templates)
        """,
        ("$gallery", manifest.Gallery), ("$version", manifest.Version), ("$content", manifest.Content), ("$model", manifest.Model),
        ("$people", manifest.People), ("$templates", manifest.Templates));

    /// <summary>Of each of the hub's people the hash of his record; 32 zeros where the seal is damaged, which equals nothing.</summary>
    public static Dictionary<Guid, byte[]> Records(SqliteConnection connection, SealingKey key)
    {
        using var command = connection.Command("SELECT subject, sealed_record FROM hub_person");
        using var reader = command.ExecuteReader();
        var records = new Dictionary<Guid, byte[]>();
        while (reader.Read())
        {
            var (id, digest) = (new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true), new byte[GalleryState.ContentBytes]);
            key.Cipher.TryOpen(reader.GetFieldValue<byte[]>(1), Place(id), digest);
            records.Add(id, digest);
        }

        return records;
    }

    /// <summary>Who is here and not the hub's.</summary>
    public static List<SubjectId> Locals(SqliteConnection connection) =>
        Ids(connection, "SELECT id FROM subject WHERE id NOT IN (SELECT subject FROM hub_person) ORDER BY row");

    /// <summary>Whom somebody erased here.</summary>
    public static HashSet<SubjectId> KeptOut(SqliteConnection connection) =>
        [.. Ids(connection, "SELECT subject FROM erasure WHERE by_hub = 0 AND subject NOT IN (SELECT id FROM subject)")];

    public static List<SubjectId> All(SqliteConnection connection) => Ids(connection, "SELECT id FROM subject ORDER BY row");

    public void Insert(Subject subject, IReadOnlyList<StoredTemplate> templates)
    {
        using var cells = SubjectCells.Create(subject.Id, _key);
        var id = subject.Id.Value.ToBlob();
        Run(_subject, id, cells.SealedKey, cells.Seal(subject));
        foreach (var template in templates) Run(_template, template.Id.Value.ToBlob(), id, template.Model.Value, cells.Seal(template));
    }

    /// <summary>Takes his templates with him, by the foreign key; he is written anew in the same transaction.</summary>
    public void Delete(SubjectId id) => Run(_delete, id.Value.ToBlob());

    public void Note(Guid id, byte[] digest) => Run(_person, id.ToBlob(), _key.Cipher.Seal(digest, Place(id)));

    public void Forget(Guid id) => Run(_forget, id.ToBlob());

    static CellPlace Place(Guid id) => new("hub_person.sealed_record", id);

    static List<SubjectId> Ids(SqliteConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        using var reader = command.ExecuteReader();
        var ids = new List<SubjectId>();
        while (reader.Read()) ids.Add(new SubjectId(new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true)));
        return ids;
    }

    static SqliteCommand Prepared(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.Command(sql);
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _subject.Dispose();
        _template.Dispose();
        _person.Dispose();
        _forget.Dispose();
        _delete.Dispose();
    }
}
