using EdgeFace.Delivery;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Storage;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>The hub's people in the gallery: which push is in force, the next one, and who is still to be told to the hub.</summary>
sealed class HubGallery(SubjectStore store, TimeProvider time)
{
    readonly SubjectRows _rows = new(store.Database.Key);
    readonly Eraser _eraser = new(store.Database, time);

    /// <summary>Hears what came of each push that was applied.</summary>
    public Action<HubOutcome> Applied { get; init; } = _ => { };

    /// <summary>Hears each step by name; for tests that kill the process there.</summary>
    internal Action<string> At { get; init; } = _ => { };

    /// <summary>Null where no push was ever applied.</summary>
    /// <exception cref="StorageException">The gallery cannot be read.</exception>
    public GalleryInForce? InForce() => store.Database.Read(HubRows.InForce);

    /// <summary>All of it in one transaction, durable when it returns; null when it is done.</summary>
    public PushRefusal? Apply(GalleryPush push)
    {
        try
        {
            var (outcome, refusal) = store.Database.Write(
                connection => new HubPush(connection, store.Database.Key, _rows, _eraser, push, At).Apply());
            if (outcome is null) return refusal;

            At("after-commit");
            var isComplete = store.Database.Scrub(); // what was replaced or removed leaves the files
            At("after-scrub");
            Applied(outcome with { Erased = [.. outcome.Erased.Select(receipt => receipt with { Complete = isComplete })] });
            return null;
        }
        catch (StorageException e)
        {
            return new PushRefusal(e.IsTransient ? "busy" : "storage", e.Message, IsTransient: true);
        }
        catch (ArgumentException e)
        {
            return new PushRefusal("bad-content", $"A person of the push cannot be kept: {e.Message}");
        }
    }

    /// <summary>Who was enrolled at this door and is not the hub's yet, as he is told to it; whoever is damaged is not.</summary>
    /// <param name="model">Of which templates; who has none of it is left out.</param>
    /// <exception cref="StorageException">The gallery cannot be read.</exception>
    public IEnumerable<PersonRecord> Owed(ModelId model)
    {
        foreach (var id in store.Database.Read(HubRows.Locals))
        {
            if (store.Database.Read(connection => Record(connection, id, model)) is { } record) yield return record;
        }
    }

    PersonRecord? Record(SqliteConnection connection, SubjectId id, ModelId model)
    {
        if (_rows.Find(connection, id) is not { } subject) return null;

        using var cells = _rows.Cells(connection, id);
        using var command = connection.Command(
            "SELECT id, sealed FROM template WHERE subject = $id AND model = $model ORDER BY row", ("$id", id.Value.ToBlob()), ("$model", model.Value));
        using var reader = command.ExecuteReader();
        var templates = new List<StoredTemplate>();
        while (reader.Read())
        {
            var template = new TemplateId(new Guid(reader.GetFieldValue<byte[]>(0), bigEndian: true));
            if (cells.OpenTemplate(reader.GetFieldValue<byte[]>(1), template, model) is not { } opened) return null;
            templates.Add(opened);
        }

        return templates.Count is 0 or > PushedPerson.TemplatesMax ? null : PersonForms.Record(subject, templates);
    }
}
