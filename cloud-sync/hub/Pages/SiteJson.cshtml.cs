using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>The whole document as text.</summary>
[Needs(Permission.Fleet)]
sealed class SiteJsonModel(SiteStore sites, AuditLog audit) : SitePart(sites, audit)
{
    public string Body { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string site, CancellationToken stop)
    {
        if (!await FindAsync(site, stop)) return NotFound();

        Body = Document.ToJsonString(SiteStore.Readable);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string site, [FromForm] long version, [FromForm] string? body, CancellationToken stop)
    {
        Body = body ?? "";
        if (SiteDraft.Check(Body).Faults is { Count: > 0 } faults)
        {
            if (!await FindAsync(site, stop)) return NotFound();

            Faults = faults;
            return Page();
        }

        return await SaveAsync(site, version, Change, "as JSON", $"/sites/{Uri.EscapeDataString(site)}", stop);
    }

    void Change(JsonObject document)
    {
        var typed = JsonNode.Parse(Body, documentOptions: SiteStore.Lenient)?.AsObject() ?? [];
        document.Clear();
        foreach (var (key, value) in typed.ToArray())
        {
            typed.Remove(key);
            document[key] = value;
        }
    }
}
