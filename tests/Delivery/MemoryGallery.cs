using System.Collections.Immutable;
using EdgeFace.Delivery;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>What lies on the disk of a device at one moment.</summary>
/// <param name="InForce">Null: no push was ever applied.</param>
/// <param name="People">The hub's who are there.</param>
/// <param name="Records">Digests of all whom the hub has pushed, those with them who were erased here.</param>
/// <param name="Erased">At the door, for good.</param>
sealed record GalleryFile(
    GalleryInForce? InForce, ImmutableDictionary<Guid, PersonRecord> People, ImmutableDictionary<Guid, byte[]> Records,
    ImmutableHashSet<Guid> Erased)
{
    public static GalleryFile Empty { get; } = new(
        null, ImmutableDictionary<Guid, PersonRecord>.Empty, ImmutableDictionary<Guid, byte[]>.Empty, []);

    public long Version => InForce?.Version ?? 0;
}

/// <summary>
/// A gallery in memory under the rules of the real one: what is committed stays over a power cut, and what is not never was.
/// </summary>
/// <param name="at">Hears each step by name; the power may fail there.</param>
/// <param name="isWhole">False: without a transaction, to see that it is noticed.</param>
sealed class MemoryGallery(Action<string> at, bool isWhole)
{
    public GalleryFile File { get; private set; } = GalleryFile.Empty;

    /// <summary>Another program writes to it.</summary>
    public bool IsBusy { get; set; }

    /// <summary>An older file in the place of this one.</summary>
    public void PutBack(GalleryFile old) => File = old;

    public void Erase(Guid id) => File = File with { People = File.People.Remove(id), Erased = File.Erased.Add(id) };

    public PushRefusal? Apply(GalleryPush push)
    {
        if (IsBusy) return new PushRefusal("busy", "Another program writes to the gallery.", IsTransient: true);

        var manifest = push.Manifest;
        if (manifest.Kind is PushKind.Delta && File.InForce?.State.Is(manifest.Previous) != true)
            return new PushRefusal("wrong-base", "The state that it changes is not in force.", WantsFull: true);

        var before = manifest.Kind is PushKind.Full ? ImmutableDictionary<Guid, byte[]>.Empty : File.Records;
        var records = before.RemoveRange(push.Removed)
            .SetItems(push.People.Select(record => KeyValuePair.Create(record.Person.Number, record.Digest)));
        if (!GalleryState.ContentOf(records).AsSpan().SequenceEqual(manifest.Content) || records.Count != manifest.People)
            return new PushRefusal("other-content", "That was not signed.", WantsFull: manifest.Kind is PushKind.Delta);

        Write(push, records);
        return null;
    }

    void Write(GalleryPush push, ImmutableDictionary<Guid, byte[]> records)
    {
        var next = File with { People = File.People.RemoveRange(File.People.Keys.Where(id => !records.ContainsKey(id))) };
        Reached("inside-after-deletes", next);
        foreach (var (i, record) in push.People.Where(record => !File.Erased.Contains(record.Person.Number)).Index())
        {
            if (i == push.People.Count / 2) Reached("inside-halfway", next);
            next = next with { People = next.People.SetItem(record.Person.Number, record) };
        }

        next = next with { Records = records };
        Reached("inside-before-version", next);
        next = next with { InForce = GalleryInForce.Of(push.Manifest) };
        Reached("inside-before-commit", next);
        File = next;
        at("after-commit");
    }

    void Reached(string step, GalleryFile soFar)
    {
        if (!isWhole) File = soFar;
        at(step);
    }
}
