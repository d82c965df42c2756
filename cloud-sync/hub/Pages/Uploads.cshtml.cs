using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Who was enrolled at doors: looked at, and accepted or rejected.</summary>
[Needs(Permission.Enroll)]
[StepUp("Let")]
sealed class UploadsModel(
    Uploads uploads, Enrollments enrollments, KnownPeople known, Groups groups, DeviceStore devices, DefaultGallery gallery, GalleryPublisher publisher,
    AuditLog audit) : PageModel
{
    const int RowsMax = 200, DraftsMax = 50, DoorsMax = 1000;

    public string? Fault { get; private set; }

    public string? Done { get; private set; }

    /// <summary>Who waits, the oldest first, beside who bears the same face.</summary>
    public IReadOnlyList<(Upload Upload, UploadedPerson Person, Person? Like, float Similarity)> Drafts { get; private set; } = [];

    public IReadOnlyList<Upload> Rows { get; private set; } = [];

    public IReadOnlyList<GroupCount> Offered { get; private set; } = [];

    public IReadOnlyList<EnrollingDoor> Doors { get; private set; } = [];

    public IReadOnlyDictionary<string, Person> People { get; private set; } = new Dictionary<string, Person>();

    public async Task OnGetAsync(CancellationToken stop)
    {
        (Rows, People, Offered) = (await uploads.ListAsync(RowsMax, stop), await known.AllAsync(stop), await groups.ListAsync(stop));
        if (User.May(Permission.Publish)) Doors = await uploads.DoorsAsync(DoorsMax, stop);
        var drafts = new List<(Upload, UploadedPerson, Person?, float)>();
        foreach (var (upload, person) in await uploads.DraftsAsync(DraftsMax, stop))
        {
            var (like, similarity) = await enrollments.LikeAsync(person.Templates, stop);
            drafts.Add((upload, person, People.GetValueOrDefault(like ?? ""), similarity));
        }

        Drafts = drafts;
    }

    public async Task<IActionResult> OnPostAcceptAsync(
        [FromForm] string? device, [FromForm] string? id, [FromForm] string? name, [FromForm(Name = "groups")] string? wished, [FromForm] string? two, CancellationToken stop)
    {
        var own = (wished ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var into = (await devices.FindAsync(device ?? "", stop))?.Gallery ?? gallery.Name;
        var outcome = await enrollments.AcceptAsync(
            device ?? "", id ?? "", name ?? "", own, into, two is "yes", new Doer(audit, User.Actor()), stop);
        if (outcome.Person is not null)
        {
            publisher.Ring();
            Done = "Accepted, and on the way to the doors.";
        }
        else
        {
            Fault = outcome.Fault ?? "Somebody who is enrolled has this face. Say below that these are two people, or reject.";
        }

        await OnGetAsync(stop);
        return Page();
    }

    public async Task<IActionResult> OnPostRejectAsync([FromForm] string? device, [FromForm] string? id, [FromForm] string? word, CancellationToken stop)
    {
        try
        {
            Done = await uploads.RejectAsync(device ?? "", id ?? "", word ?? "", new Doer(audit, User.Actor()), stop)
                ? "Rejected: what the door has sent is deleted here. At that door the person is still let in; edgeface gallery remove takes him off it." : null;
            if (Done is null) Fault = "It does not wait any more: somebody has decided meanwhile.";
        }
        catch (FormatException e)
        {
            Fault = e.Message;
        }

        await OnGetAsync(stop);
        return Page();
    }

    public async Task<IActionResult> OnPostLetAsync([FromForm] string? device, [FromForm(Name = "at_once")] string? atOnce, CancellationToken stop)
    {
        if (!User.May(Permission.Publish)) return Forbid();

        return await uploads.LetAsync(device ?? "", atOnce is "yes", new Doer(audit, User.Actor()), stop) ? Redirect("/uploads") : NotFound();
    }
}
