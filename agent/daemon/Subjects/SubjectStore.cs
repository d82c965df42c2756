using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Storage;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>
/// Who is enrolled, with which templates. Safe to use from several threads; each act is one transaction.
/// </summary>
sealed class SubjectStore(GalleryDatabase database, TimeProvider time) : IDisposable
{
    readonly SubjectRows _rows = new(database.Key);
    readonly Eraser _eraser = new(database, time);

    public GalleryDatabase Database { get; } = database;

    /// <summary>Opens the gallery of a folder, or makes an empty one.</summary>
    /// <exception cref="StorageException">As <see cref="GalleryDatabase.Open"/>.</exception>
    public static SubjectStore Open(StateFolder folder, TimeProvider time, TimeSpan? lockWait = null) =>
        new(GalleryDatabase.Open(folder, lockWait), time);

    /// <summary>Changes with every act, of whatever program: reload what you hold when it is another one.</summary>
    public long Revision() => Database.Revision();

    /// <summary>In the order of enrolment.</summary>
    public LoadedSubjects Subjects() => Database.Read(_rows.All);

    /// <summary>Null when there is no such subject, or he is damaged: fail closed.</summary>
    public Subject? Find(SubjectId id) => Database.Read(connection => _rows.Find(connection, id));

    /// <summary>Null when nobody bears that name; the name is normalised first.</summary>
    public Subject? FindByName(string name) => SubjectName.TryNormalise(name, out var kept, out _)
        ? Subjects().FirstOrDefault(subject => subject.Name == kept)
        : null;

    /// <summary>Of this model only: templates of another one cannot be compared and are never returned.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="without">Whose are not even opened; null: everybody's are.</param>
    public LoadedTemplates Templates(ModelId model, IReadOnlySet<SubjectId>? without = null) =>
        Database.Read(connection => _rows.Templates(connection, model, without));

    /// <summary>How many templates there are of each model, damaged ones among them.</summary>
    public IReadOnlyDictionary<ModelId, int> TemplateCounts() => Count(
        "SELECT model, count(*) FROM template GROUP BY model",
        reader => new ModelId(reader.GetString(0)));

    /// <summary>How many templates of a model each subject has; who has none is not listed.</summary>
    public IReadOnlyDictionary<SubjectId, int> TemplateCounts(ModelId model) => Count(
        "SELECT subject, count(*) FROM template WHERE model = $model GROUP BY subject",
        reader => new SubjectId(new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true)),
        ("$model", model.Value));

    /// <inheritdoc cref="Eraser.Erase"/>
    public ErasureReceipt? Erase(SubjectId id) => _eraser.Erase(id);

    /// <inheritdoc cref="Eraser.Receipts"/>
    public IReadOnlyList<ErasureReceipt> Erasures() => _eraser.Receipts();

    /// <summary>True when this device, under this data key, gave that receipt and no word of it was changed.</summary>
    public bool VerifyReceipt(ErasureReceipt receipt) => receipt.IsSignedBy(Database.Key);

    /// <summary>Writes what is to be kept of a subject instead. False when there is no such subject.</summary>
    /// <exception cref="ArgumentException">As <see cref="Subject.Checked"/>; nothing was written.</exception>
    public bool Change(SubjectId id, Func<Subject, Subject> change) => Database.Write(connection =>
    {
        if (_rows.Find(connection, id) is not { } subject) return false;

        _rows.Update(connection, change(subject).Checked());
        return true;
    });

    IReadOnlyDictionary<TKey, int> Count<TKey>(
        string sql, Func<SqliteDataReader, TKey> keyOf, params (string Name, object Value)[] values)
        where TKey : struct => Database.Read<IReadOnlyDictionary<TKey, int>>(connection =>
    {
        using var command = connection.Command(sql, values);
        using var reader = command.ExecuteReader();
        var counts = new Dictionary<TKey, int>();
        while (reader.Read()) counts.Add(keyOf(reader), reader.GetInt32(1));
        return counts;
    });

    public void Dispose() => Database.Dispose();
}
