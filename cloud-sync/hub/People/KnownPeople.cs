using System.Numerics.Tensors;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.People;

/// <summary>
/// Names and faces of everybody, opened, in memory: to show a name beside an event, to search, and to find one who is enrolled twice. It
/// reads what has changed since it last looked. Safe to use from several threads.
/// </summary>
sealed class KnownPeople(PersonStore store, TimeProvider time) : IDisposable
{
    const int Page = 2_000;

    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    static readonly long Overlap = (long)TimeSpan.FromMinutes(2).TotalMicroseconds;

    readonly SemaphoreSlim _turn = new(1);
    Dictionary<string, Person> _people = new(StringComparer.Ordinal);
    long _since, _readAt = long.MinValue;

    /// <summary>Everybody, by id; read anew when it is older than a second.</summary>
    public async Task<IReadOnlyDictionary<string, Person>> AllAsync(CancellationToken stop)
    {
        if (_readAt != long.MinValue && time.GetElapsedTime(_readAt) < Fresh) return _people;

        await _turn.WaitAsync(stop);
        try
        {
            if (_readAt != long.MinValue && time.GetElapsedTime(_readAt) < Fresh) return _people;

            var now = time.Now();
            var people = new Dictionary<string, Person>(_people, StringComparer.Ordinal);
            var after = "";
            while (await store.ChangedSinceAsync(_since, after, Page, stop) is { Count: > 0 } page)
            {
                foreach (var person in page) people[person.Id] = person;
                after = page[^1].Id;
            }

            var present = (await store.IdsAsync(stop)).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in people.Keys.Where(id => !present.Contains(id)).ToArray()) people.Remove(gone);
            (_people, _since, _readAt) = (people, now - Overlap, time.GetTimestamp());
            return people;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What was just written is seen at the next look.</summary>
    public void Forget() => _readAt = long.MinValue;

    /// <summary>Those whose name or group has the words in it, by name.</summary>
    public async Task<IReadOnlyList<Person>> SearchAsync(string words, int skip, int count, CancellationToken stop)
    {
        var all = await AllAsync(stop);
        var asked = words.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. all.Values
            .Where(person => asked.All(word => person.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
                || person.Groups.Any(group => group.Contains(word, StringComparison.OrdinalIgnoreCase))))
            .OrderBy(person => person.Name, StringComparer.OrdinalIgnoreCase).Skip(skip).Take(count)];
    }

    public async Task<string?> NameOfAsync(string? id, CancellationToken stop) =>
        id is not null && (await AllAsync(stop)).TryGetValue(id, out var person) ? person.Name : null;

    /// <summary>Who bears that face already, if anybody.</summary>
    /// <param name="templates">Of one model, of unit length.</param>
    /// <param name="similarityMin">Cosine from which on two faces are one person's.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<(string Person, float Similarity)?> NearestAsync(IReadOnlyList<NewTemplate> templates, float similarityMin, CancellationToken stop)
    {
        (string Person, float Similarity)? nearest = null;
        foreach (var group in templates.GroupBy(template => template.Model))
        {
            foreach (var (person, values) in await store.TemplatesAsync(group.Key, stop))
            {
                foreach (var template in group)
                {
                    var similarity = TensorPrimitives.Dot<float>(template.Values, values);
                    if (similarity >= similarityMin && similarity > (nearest?.Similarity ?? -1)) nearest = (person, similarity);
                }
            }
        }

        return nearest;
    }

    public void Dispose() => _turn.Dispose();
}
