using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Name, groups and times of somebody.</summary>
[Needs(Permission.Enroll)]
sealed class PersonEditModel(PersonStore people, KnownPeople known, Groups groups, GalleryPublisher publisher, AuditLog audit) : PageModel
{
    public string? Fault { get; private set; }

    public Person Person { get; private set; } = Person.Nobody;

    public IReadOnlyList<GroupCount> Offered { get; private set; } = [];

    public Task<IActionResult> OnGetAsync(string id, CancellationToken stop) => ShowAsync(id, stop);

    public async Task<IActionResult> OnPostAsync(
        string id, [FromForm] string? name, [FromForm] string[]? chosen, [FromForm(Name = "new_groups")] string? newGroups, [FromForm] DateOnly? from,
        [FromForm] DateOnly? until, [FromForm] DateOnly? retain, [FromForm] string? extended, [FromForm] string? note, CancellationToken stop)
    {
        var all = (chosen ?? []).Concat((newGroups ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal).ToArray();
        try
        {
            var isThere = await people.ChangeAsync(id, details => details with
            {
                Name = name ?? "",
                ValidFrom = Midnight(from),
                ValidUntil = Midnight(until),
                ExtendedTime = extended is "yes",
                Note = string.IsNullOrWhiteSpace(note) ? null : note.Trim(),
            }, all, Midnight(retain), stop, new Doer(audit, User.Actor()));
            if (!isThere) return NotFound();
        }
        catch (FormatException e)
        {
            Fault = e.Message;
            return await ShowAsync(id, stop);
        }

        return Done(id);
    }

    public async Task<IActionResult> OnPostSuspendAsync(string id, [FromForm] string? suspend, CancellationToken stop) =>
        await people.SuspendAsync(id, suspend is "yes", stop, new Doer(audit, User.Actor())) ? Done(id) : NotFound();

    RedirectResult Done(string id)
    {
        known.Forget();
        publisher.Ring();
        return Redirect($"/people/{Uri.EscapeDataString(id)}");
    }

    async Task<IActionResult> ShowAsync(string id, CancellationToken stop)
    {
        if (await people.FindAsync(id, stop) is not { } person) return NotFound();

        (Person, Offered) = (person, await groups.ListAsync(stop));
        return Page();
    }

    static DateTimeOffset? Midnight(DateOnly? day) => day is { } said ? new DateTimeOffset(said, TimeOnly.MinValue, TimeSpan.Zero) : null;
}
