using System.Text.Json.Nodes;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>A page of one named entry in a map of a site document, or of a new one.</summary>
/// <param name="sites">Where sites are kept.</param>
/// <param name="audit">Hears of each change.</param>
/// <param name="word">What an entry is called; with an s it is the map's key and the place on the site's page.</param>
abstract class SiteEntry(SiteStore sites, AuditLog audit, string word) : SitePart(sites, audit)
{
    readonly string _map = $"{word}s";

    public string Name { get; private set; } = "";

    public bool IsKnown { get; private set; }

    protected async Task<IActionResult> ShowEntryAsync(string site, string? entry, CancellationToken stop)
    {
        if (!await FindAsync(site, stop)) return NotFound();

        Name = entry ?? "";
        IsKnown = Document[_map]?[Name] is not null;
        return Name.Length == 0 || IsKnown ? Page() : NotFound();
    }

    /// <param name="site">Which.</param>
    /// <param name="entry">The one that is changed; null or empty: a new one.</param>
    /// <param name="version">Of the site that the form was made of.</param>
    /// <param name="name">Of a new one.</param>
    /// <param name="stop">Ends it.</param>
    protected Task<IActionResult> SaveEntryAsync(string site, string? entry, long version, string? name, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Task.FromResult<IActionResult>(Forbid());

        IsKnown = !string.IsNullOrEmpty(entry);
        Name = IsKnown ? entry ?? "" : name?.Trim() ?? "";
        return SaveAsync(site, version, document => SiteForm.Map(document, _map)[Name] = Typed(), $"{word} {Name}", Back(site), stop);
    }

    protected Task<IActionResult> DeleteEntryAsync(string site, string? entry, long version, CancellationToken stop)
    {
        if (!User.May(Permission.Fleet)) return Task.FromResult<IActionResult>(Forbid());

        (Name, IsKnown) = (entry ?? "", true);
        return SaveAsync(site, version, document => (document[_map] as JsonObject)?.Remove(Name), $"without {word} {Name}", Back(site), stop);
    }

    /// <summary>The entry as the form has it.</summary>
    protected abstract JsonObject Typed();

    string Back(string site) => $"/sites/{Uri.EscapeDataString(site)}#{_map}";
}
