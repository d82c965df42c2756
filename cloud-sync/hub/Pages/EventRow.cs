using EdgeFace.Hub.Intake;
using EdgeFace.Hub.People;

namespace EdgeFace.Hub.Pages;

/// <summary>An event with the name of the person, for who may see it.</summary>
/// <param name="What">The event.</param>
/// <param name="Name">Null: nobody is named, or it is not for these eyes.</param>
/// <param name="MayPeople">Whether these eyes may see people.</param>
sealed record EventRow(SeenEvent What, string? Name, bool MayPeople)
{
    public static EventRow Of(SeenEvent what, IReadOnlyDictionary<string, Person>? people) =>
        new(what, what.Person is { } id && people is not null && people.TryGetValue(id, out var person) ? person.Name : null, people is not null);
}
