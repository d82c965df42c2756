using System.Collections.Immutable;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>What a hub has published: the people of each version. It knows nothing of how they travel.</summary>
sealed class GalleryModel(HistoryStep step)
{
    readonly SortedDictionary<long, Dictionary<Guid, PersonRecord>> _published = new() { [0] = [] };

    public HistoryStep Step => step;

    public long Newest => _published.Keys.Last();

    public IEnumerable<long> Versions => _published.Keys;

    public void Publish(long version, IEnumerable<PersonRecord> people) =>
        _published.Add(version, people.ToDictionary(record => record.Person.Number));

    /// <summary>Byte for byte the people of one state, but for those who were erased at the door, and nobody else.</summary>
    public void Compare(string door, GalleryFile file, ImmutableHashSet<Guid> erased)
    {
        var isKnown = _published.TryGetValue(file.Version, out var people);
        step.Ensure(isKnown, $"{door}: version {file.Version} is in force and was never published");
        foreach (var (id, there) in file.People)
        {
            step.Ensure(people?.ContainsKey(id) == true, $"{door}: {id} is not one of version {file.Version}, and is there");
            step.Ensure(!erased.Contains(id), $"{door}: {id} was erased at the door, and is there");
            var isSame = there.ToBytes().AsSpan().SequenceEqual(people?[id].ToBytes());
            step.Ensure(isSame, $"{door}: {id} is not as in version {file.Version}");
        }

        var missing = people?.Keys.Where(id => !erased.Contains(id) && !file.People.ContainsKey(id)).ToArray();
        step.Ensure(missing is [], $"{door}: {missing?.FirstOrDefault()} of version {file.Version} is not there");
        var said = file.InForce?.People ?? 0;
        step.Ensure(said == people?.Count, $"{door}: version {file.Version} is said to have {said} people");
    }
}
