using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.People;

/// <summary>
/// Names and faces of everybody, opened, in memory: to show a name beside an event, to search, and to find one who is enrolled twice. It
/// reads what has changed since it last looked. Safe to use from several threads.
/// </summary>
sealed class KnownPeople(PersonStore store, TimeProvider time) : IDisposable
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    static readonly long Overlap = (long)TimeSpan.FromMinutes(2).TotalMicroseconds;

    readonly SemaphoreSlim _turn = new(1), _faceTurn = new(1);
    readonly KnownFaces _faces = new(store);
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
            var changed = await store.ChangedSinceAsync(_since, _people, stop);
            var people = new Dictionary<string, Person>(_people, StringComparer.Ordinal);
            foreach (var person in changed) people[person.Id] = person;
            await ForgetGoneAsync(people, stop);
            (_people, _since, _readAt) = (people, now - Overlap, time.GetTimestamp());
            return people;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whoever is there is among these by now: as many as there are means that nobody has gone.</summary>
    async Task ForgetGoneAsync(Dictionary<string, Person> people, CancellationToken stop)
    {
        if (await store.CountAsync(stop) == people.Count) return;

        var present = (await store.IdsAsync(stop)).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in people.Keys.Where(id => !present.Contains(id)).ToArray()) people.Remove(gone);
        await _faceTurn.WaitAsync(stop);
        try
        {
            _faces.Retain(people);
        }
        finally
        {
            _faceTurn.Release();
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
    /// <param name="except">Whose own face it is; null: nobody's.</param>
    public async Task<(string Person, float Similarity)?> NearestAsync(
        IReadOnlyList<NewTemplate> templates, float similarityMin, CancellationToken stop, string? except = null)
    {
        var all = await AllAsync(stop);
        await _faceTurn.WaitAsync(stop);
        try
        {
            (string Person, float Similarity)? nearest = null;
            foreach (var group in templates.GroupBy(template => template.Model))
            {
                if (await _faces.NearestAsync([.. group], all, similarityMin, except, stop) is { } found && found.Similarity > (nearest?.Similarity ?? -1)) nearest = found;
            }

            return nearest;
        }
        finally
        {
            _faceTurn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        _faceTurn.Dispose();
    }
}
