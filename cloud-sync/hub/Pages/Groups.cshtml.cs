using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Groups and how many are in each.</summary>
[Needs(Permission.ViewPeople)]
sealed class GroupsModel(Groups groups, GalleryPublisher publisher, AuditLog audit) : PageModel
{
    public string? Fault { get; private set; }

    public string? Done { get; private set; }

    public IReadOnlyList<GroupCount> All { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop) => All = await groups.ListAsync(stop);

    public bool MayChange => User.May(Permission.Enroll);

    public async Task<IActionResult> OnPostRenameAsync([FromForm] string? name, [FromForm] string? next, CancellationToken stop)
    {
        if (!MayChange) return Forbid();

        try
        {
            var people = await groups.RenameAsync(name ?? "", next ?? "", stop, new Doer(audit, User.Actor()));
            Tell($"Renamed: {people} {(people == 1 ? "person is" : "people are")} in it. Change the rules of doors that ask for the old name.");
        }
        catch (FormatException e)
        {
            Fault = e.Message;
        }

        await OnGetAsync(stop);
        return Page();
    }

    public async Task<IActionResult> OnPostDeleteAsync([FromForm] string? name, CancellationToken stop)
    {
        if (!MayChange) return Forbid();

        var people = await groups.DeleteAsync(name ?? "", stop, new Doer(audit, User.Actor()));
        Tell($"Deleted: {people} {(people == 1 ? "person was" : "people were")} in it and {(people == 1 ? "is" : "are")} still enrolled.");
        await OnGetAsync(stop);
        return Page();
    }

    void Tell(string done)
    {
        Done = done;
        publisher.Ring();
    }
}
