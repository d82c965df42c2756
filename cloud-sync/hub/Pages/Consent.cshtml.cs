using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The text that people agree to, in all its versions.</summary>
[Needs(Permission.ViewPeople)]
sealed class ConsentModel(ConsentTexts texts, AuditLog audit) : PageModel
{
    public string? Fault { get; private set; }

    public string? Done { get; private set; }

    public ConsentText Shown { get; private set; } = new("", "", default, "");

    public IReadOnlyList<ConsentText> All { get; private set; } = [];

    public bool MayWrite => User.May(Permission.Publish);

    public async Task<IActionResult> OnGetAsync(string? version, CancellationToken stop)
    {
        var newest = await texts.NewestAsync(stop);
        All = await texts.ListAsync(1000, stop);
        if (version is not null && All.All(each => each.Version != version)) return NotFound();

        Shown = All.FirstOrDefault(each => each.Version == version) ?? newest;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm] string? body, CancellationToken stop)
    {
        if (!MayWrite) return Forbid();

        try
        {
            var made = await texts.WriteAsync(body ?? "", new Doer(audit, User.Actor()), stop);
            Done = $"Version {made.Version} is shown from now on. Who has agreed to an earlier one, has agreed to that one.";
        }
        catch (FormatException e)
        {
            Fault = e.Message;
        }

        return await OnGetAsync(null, stop);
    }
}
