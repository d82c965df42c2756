using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The last step of a new hub: the first person walks up to the door, and it opens, or says why not.</summary>
[Needs(Permission.ViewPeople)]
sealed class SetupOpeningModel(PersonStore people, GalleryStore galleries, IDatabase database) : PageModel
{
    public Person Person { get; private set; } = Person.Nobody;

    public PersonWay Way { get; private set; } = new(null, 0, 0);

    /// <summary>The first time; null: not yet.</summary>
    public SeenEvent? Granted { get; private set; }

    /// <summary>The last face that was not let in since; null: none.</summary>
    public SeenEvent? Denied { get; private set; }

    public static string Address(string person) => $"/setup/opening?person={Uri.EscapeDataString(person)}";

    public async Task<IActionResult> OnGetAsync(string? person, CancellationToken stop)
    {
        if (person is null || await people.FindAsync(person, stop) is not { } found) return NotFound();

        (Person, Way) = (found, await galleries.WayAsync(found, stop));
        await using var connection = await database.OpenAsync(stop);
        Granted = await NewestAsync(new EventFilter(Person: person, Kind: "granted"));
        Denied = await NewestAsync(new EventFilter(Kind: "denied.*", From: found.Created));
        return Page();

        async Task<SeenEvent?> NewestAsync(EventFilter filter) => await EventList.BeforeAsync(connection, filter, null, 1, stop) is [var newest] ? newest : null;
    }
}
