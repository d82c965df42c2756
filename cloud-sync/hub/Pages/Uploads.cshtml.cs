using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Who was enrolled at doors, and who of them may be known already.</summary>
[Needs(Permission.Enroll)]
sealed class UploadsModel(Uploads uploads, KnownPeople known, AuditLog audit) : PageModel
{
    const int RowsMax = 200;

    public IReadOnlyList<Upload> Rows { get; private set; } = [];

    public IReadOnlyDictionary<string, Person> People { get; private set; } = new Dictionary<string, Person>();

    public async Task OnGetAsync(CancellationToken stop) => (Rows, People) = (await uploads.ListAsync(RowsMax, stop), await known.AllAsync(stop));

    public async Task<IActionResult> OnPostTwoAsync([FromForm] string? device, [FromForm] string? id, [FromForm] string? person, CancellationToken stop)
    {
        if (await uploads.TwoPeopleAsync(device ?? "", id ?? "", stop)) await audit.WriteAsync(User.Actor(), "upload.two-people", person ?? "", $"upload {id} of {device}", stop);
        return Redirect("/uploads");
    }
}
