using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>More photos of somebody who is known.</summary>
[Needs(Permission.Enroll)]
[RequestSizeLimit(EnrollForm.RequestBytesMax)]
sealed class PersonPhotosModel(
    PersonStore people, KnownPeople known, PhotoDesk photos, Enrollments enrollments, GalleryPublisher publisher, AuditLog audit, TimeProvider time) : PageModel
{
    public string? Fault { get; private set; }

    public Person Person { get; private set; } = Person.Nobody;

    public IReadOnlyList<(string File, PhotoVerdict Verdict)> Seen { get; private set; } = [];

    public Person? Like { get; private set; }

    public int Added { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken stop)
    {
        if (await people.FindAsync(id, stop) is not { } person) return NotFound();

        Person = person;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string id, CancellationToken stop)
    {
        if (await people.FindAsync(id, stop) is not { } person) return NotFound();

        Person = person;
        if (person.Details.Consent is null) return Say("No consent of this person is recorded: no template is made. Erase, and enrol anew with the consent.");

        try
        {
            var seen = new List<(string, PhotoVerdict)>();
            foreach (var file in (await Request.ReadFormAsync(stop)).Files.Where(file => file.Length is > 0 and <= PhotoDesk.BytesMax).Take(DraftDesk.PhotosMax))
            {
                var bytes = new byte[file.Length];
                await using (var stream = file.OpenReadStream()) await stream.ReadExactlyAsync(bytes, stop);
                seen.Add((file.FileName, await photos.LookAsync(bytes, time.GetUtcNow(), stop)));
            }

            Seen = seen;
        }
        catch (StoreException e)
        {
            return Say(e.Message);
        }

        var good = Seen.Select(each => each.Verdict.Template).OfType<NewTemplate>().ToArray();
        if (good.Length == 0) return Say(Seen.Count == 0 ? $"Give at least one photo, of at most {PhotoDesk.BytesMax >> 20} MB." : "None of the photos can be used.");

        var outcome = await enrollments.AddAsync(id, good, force: false, stop, new Doer(audit, User.Actor(), $"{good.Length} {(good.Length == 1 ? "photo" : "photos")}"));
        if (outcome.Like is { } like) Like = (await known.AllAsync(stop)).GetValueOrDefault(like);
        if (outcome.Person is null) return Say(outcome.Fault ?? "Somebody else who is enrolled has this face: nothing was added.");

        Added = good.Length;
        publisher.Ring();
        Person = await people.FindAsync(id, stop) ?? person;
        return Page();
    }

    PageResult Say(string fault)
    {
        Fault = fault;
        return Page();
    }
}
