using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Everything of somebody goes, here and at every device.</summary>
[Needs(Permission.Erase)]
[StepUp]
sealed class PersonEraseModel(
    PersonStore people, KnownPeople known, Erasures erasures, GalleryStore galleries, GalleryPublisher publisher, TimeProvider time) : PageModel
{
    public string? Fault { get; private set; }

    public Person Person { get; private set; } = Person.Nobody;

    public PersonWay Way { get; private set; } = new(null, 0, 0);

    /// <summary>Who it is is asked before the form is filled in, and not after.</summary>
    public async Task<IActionResult> OnGetAsync(string id, CancellationToken stop) =>
        StepUp.IsFresh(User, time) ? await ShowAsync(id, stop) : Redirect(StepUp.Page(Request.Path));

    public async Task<IActionResult> OnPostAsync(string id, [FromForm] string? why, [FromForm] string? sure, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(why) || sure is not "yes")
        {
            Fault = "Say why, and confirm it: an erasure cannot be undone.";
            return await ShowAsync(id, stop);
        }

        if (!await erasures.EraseAsync(id, User.Actor(), why.Trim(), stop)) return NotFound();

        known.Forget();
        publisher.Ring();
        return Redirect($"/erasures/{id}");
    }

    async Task<IActionResult> ShowAsync(string id, CancellationToken stop)
    {
        if (await people.FindAsync(id, stop) is not { } person) return NotFound();

        (Person, Way) = (person, await galleries.WayAsync(person, stop));
        return Page();
    }
}
