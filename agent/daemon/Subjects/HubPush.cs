using EdgeFace.Delivery;
using EdgeFace.Matching;
using EdgeFace.Storage;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>What came of a push, beside that it is in force. It names people by their random ids only.</summary>
/// <param name="Written">People of the push who are in the gallery.</param>
/// <param name="TakenOver">Of those, who had been enrolled at this door.</param>
/// <param name="KeptOut">Of the push, who was erased here.</param>
/// <param name="Renamed">Enrolled at this door, and bearing a name that one of the hub's people brings.</param>
/// <param name="Erased">Receipts for whom the hub removed; complete once the log is cut.</param>
sealed record HubOutcome(
    int Written, int TakenOver, IReadOnlyList<SubjectId> KeptOut, IReadOnlyList<SubjectId> Renamed, IReadOnlyList<ErasureReceipt> Erased);

/// <summary>
/// One push into one transaction: the hub's people become exactly those of the push. Who was enrolled at this door stays, and is
/// the hub's from the push on that brings him under his id. Names are unique: where one of the hub's people brings a name that
/// somebody of this door bears, the hub's keeps it and the other one's gets a number, since both still have to pass.
/// </summary>
sealed class HubPush(SqliteConnection connection, SealingKey key, SubjectRows rows, Eraser eraser, GalleryPush push, Action<string> at)
{
    readonly Dictionary<Guid, byte[]> _before = HubRows.Records(connection, key);

    /// <summary>A refusal leaves the transaction without a change.</summary>
    public (HubOutcome? Outcome, PushRefusal? Refusal) Apply()
    {
        var next = Next();
        if (Disagreement(next) is { } refusal) return (null, refusal);

        var keptOut = HubRows.KeptOut(connection);
        var coming = push.People.Where(record => !keptOut.Contains(new SubjectId(record.Person.Number))).Select(PersonForms.Opened).ToArray();
        var gone = _before.Keys.Where(id => !next.ContainsKey(id)).Select(id => new SubjectId(id)).ToArray();
        var names = new NameRegister(connection, rows, [.. coming.Select(one => one.Subject.Id), .. gone], next.Keys);
        if (!names.TryAdd(coming.Select(one => one.Subject), out var renamed))
            return (null, new PushRefusal("bad-content", "Two of the hub's people would bear one name. Change one, and press the push again."));

        return (Write(coming, gone, renamed, [.. keptOut.Where(id => next.ContainsKey(id.Value))]), null);
    }

    Dictionary<Guid, byte[]> Next()
    {
        var next = push.Manifest.Kind is PushKind.Full ? [] : new Dictionary<Guid, byte[]>(_before);
        foreach (var id in push.Removed) next.Remove(id);
        foreach (var record in push.People) next[record.Person.Number] = record.Digest;
        return next;
    }

    /// <summary>The state that would come of it is the one that was signed, or nothing is done.</summary>
    PushRefusal? Disagreement(Dictionary<Guid, byte[]> next)
    {
        var (manifest, inForce) = (push.Manifest, HubRows.InForce(connection));
        if (manifest.Kind is PushKind.Delta && (inForce?.Gallery != manifest.Gallery || !inForce.State.Is(manifest.Previous)))
            return new PushRefusal("wrong-base", "The state that it changes is not in force any more. Send a full push.", WantsFull: true);
        if (GalleryState.ContentOf(next).AsSpan().SequenceEqual(manifest.Content) && next.Count == manifest.People) return null;

        return new PushRefusal("other-content",
            $"What would come of it are {next.Count} people whose records are not those that were signed ({manifest.People} people). Send a full push.",
            WantsFull: manifest.Kind is PushKind.Delta);
    }

    HubOutcome Write(
        (Subject Subject, IReadOnlyList<StoredTemplate> Templates)[] coming, SubjectId[] gone, IReadOnlyList<Subject> renamed, SubjectId[] keptOut)
    {
        using var hub = new HubRows(connection, key);
        var present = HubRows.All(connection).ToHashSet();
        var receipts = gone.Select(id => eraser.Delete(connection, id, byHub: true)).OfType<ErasureReceipt>().ToArray();
        foreach (var id in gone) hub.Forget(id.Value);
        foreach (var local in renamed) rows.Update(connection, local);
        foreach (var (subject, _) in coming.Where(one => present.Contains(one.Subject.Id))) hub.Delete(subject.Id);
        at("inside-after-deletes");

        for (var i = 0; i < coming.Length; i++)
        {
            if (i == coming.Length / 2) at("inside-halfway");
            hub.Insert(coming[i].Subject, coming[i].Templates);
        }

        foreach (var record in push.People) hub.Note(record.Person.Number, record.Digest);
        at("inside-before-version");
        HubRows.Put(connection, push.Manifest);
        at("inside-before-commit");
        var takenOver = coming.Count(one => present.Contains(one.Subject.Id) && !_before.ContainsKey(one.Subject.Id.Value));
        return new HubOutcome(coming.Length, takenOver, keptOut, [.. renamed.Select(local => local.Id)], receipts);
    }
}
