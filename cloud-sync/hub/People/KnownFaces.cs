using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EdgeFace.Hub.People;

/// <summary>
/// Opened templates in memory, so that each is decrypted once and not with every enrolment. A template of 512 values takes 2 KB: 100,000 of them,
/// the most that are kept, 205 MB; those of further people are opened each time. Who is forgotten is overwritten. Used by one at a time.
/// </summary>
sealed class KnownFaces(PersonStore store)
{
    const int ValuesMax = 51_200_000, Together = 200;

    readonly Dictionary<(string Person, string Model), (DateTimeOffset Changed, float[][] Faces)> _kept = [];
    long _values;

    /// <summary>How many people's faces of any model are kept.</summary>
    public int Count => _kept.Count;

    /// <summary>Whose face is nearest to one of these, if it is near enough.</summary>
    /// <param name="templates">Of one model, of unit length.</param>
    /// <param name="people">Everybody, as he is now.</param>
    /// <param name="similarityMin">Cosine.</param>
    /// <param name="except">Who is not looked at; null: nobody.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<(string Person, float Similarity)?> NearestAsync(
        IReadOnlyList<NewTemplate> templates, IReadOnlyDictionary<string, Person> people, float similarityMin, string? except, CancellationToken stop)
    {
        (string Person, float Similarity)? nearest = null;
        var model = templates[0].Model;
        void Look(string person, float[][] faces)
        {
            foreach (var face in faces)
            {
                foreach (var template in templates)
                {
                    if (template.Values.Length != face.Length) continue; // not of that model, whatever it says
                    var similarity = TensorPrimitives.Dot<float>(template.Values, face);
                    if (similarity >= similarityMin && similarity > (nearest?.Similarity ?? -1)) nearest = (person, similarity);
                }
            }
        }

        var unopened = new List<string>();
        foreach (var person in people.Values.Where(person => person.Id != except))
        {
            if (_kept.TryGetValue((person.Id, model), out var known) && known.Changed == person.Changed) Look(person.Id, known.Faces);
            else unopened.Add(person.Id);
        }

        foreach (var some in unopened.Chunk(Together))
        {
            var opened = (await store.TemplatesAsync(some, model, stop)).ToLookup(each => each.Person, each => each.Values);
            foreach (var id in some)
            {
                float[][] faces = [.. opened[id]];
                Look(id, faces);
                Keep(id, model, people[id].Changed, faces);
            }
        }

        return nearest;
    }

    /// <summary>Who is not among these is forgotten.</summary>
    public void Retain(IReadOnlyDictionary<string, Person> people)
    {
        foreach (var gone in _kept.Keys.Where(key => !people.ContainsKey(key.Person)).ToArray()) Forget(gone);
    }

    void Keep(string person, string model, DateTimeOffset changed, float[][] faces)
    {
        Forget((person, model));
        var values = faces.Sum(face => (long)face.Length);
        if (_values + values > ValuesMax)
        {
            foreach (var face in faces) Wipe(face);
            return;
        }

        _kept[(person, model)] = (changed, faces);
        _values += values;
    }

    void Forget((string, string) key)
    {
        if (!_kept.Remove(key, out var known)) return;

        foreach (var face in known.Faces)
        {
            _values -= face.Length;
            Wipe(face);
        }
    }

    static void Wipe(float[] face) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(face.AsSpan()));
}
