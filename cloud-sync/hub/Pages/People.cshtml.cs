using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Everybody who is enrolled, by name.</summary>
[Needs(Permission.ViewPeople)]
sealed class PeopleModel(KnownPeople known, Uploads uploads, TimeProvider time) : PageModel
{
    const int PageRows = 50;

    /// <summary>Of a name: it comes by a post, for addresses are written into the logs of what stands before the hub.</summary>
    [BindProperty(Name = "text")]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true, Name = "group")]
    public string? Group { get; set; }

    [BindProperty(SupportsGet = true, Name = "skip")]
    public int Skip { get; set; }

    public IReadOnlyList<Person> Rows { get; private set; } = [];

    public int All { get; private set; }

    public long Waiting { get; private set; }

    public int? Next { get; private set; }

    public int? Previous { get; private set; }

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public Task OnGetAsync(CancellationToken stop) => LookAsync(stop);

    public Task OnPostAsync(CancellationToken stop) => LookAsync(stop);

    async Task LookAsync(CancellationToken stop)
    {
        var skip = Math.Max(0, Skip);
        var rows = await known.SearchAsync(Text ?? Group ?? "", skip, PageRows + 1, stop);
        All = (await known.AllAsync(stop)).Count;
        Rows = [.. rows.Take(PageRows)];
        if (rows.Count > PageRows) Next = skip + PageRows;
        if (skip > 0) Previous = Math.Max(0, skip - PageRows);
        Waiting = await uploads.WaitingAsync(stop);
    }
}
