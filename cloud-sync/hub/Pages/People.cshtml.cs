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

    [BindProperty(SupportsGet = true, Name = "text")]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true, Name = "skip")]
    public int Skip { get; set; }

    public IReadOnlyList<Person> Rows { get; private set; } = [];

    public int All { get; private set; }

    public long Waiting { get; private set; }

    public string? Next { get; private set; }

    public string? Previous { get; private set; }

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public async Task OnGetAsync(CancellationToken stop)
    {
        var skip = Math.Max(0, Skip);
        var rows = await known.SearchAsync(Text ?? "", skip, PageRows + 1, stop);
        All = (await known.AllAsync(stop)).Count;
        Rows = [.. rows.Take(PageRows)];
        if (rows.Count > PageRows) Next = At(skip + PageRows);
        if (skip > 0) Previous = At(Math.Max(0, skip - PageRows));
        Waiting = await uploads.WaitingAsync(stop);
    }

    string At(int skip) => $"/people?text={Uri.EscapeDataString(Text ?? "")}&skip={skip}";
}
