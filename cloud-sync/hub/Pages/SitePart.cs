using System.Text.Json.Nodes;
using EdgeFace.Documents;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>A page that shows a part of a site document as a form. What was typed stays in the form until it is saved.</summary>
abstract class SitePart(SiteStore sites, AuditLog audit) : PageModel
{
    public string Site { get; private set; } = "";

    /// <summary>That the form is made of.</summary>
    public long Version { get; private set; }

    /// <summary>As it stands, with what was typed.</summary>
    public JsonObject Document { get; private set; } = [];

    public IReadOnlyList<DocumentFault> Faults { get; protected set; } = [];

    /// <summary>Somebody else was faster.</summary>
    public string? Conflict { get; private set; }

    /// <summary>Groups that rules may name, "everyone" first.</summary>
    public IReadOnlyList<string> Groups => [EdgeFace.Sites.Site.Everyone, .. SiteForm.Names(Document["groups"])];

    public IReadOnlyList<string> Schedules => [EdgeFace.Sites.Site.Always, .. SiteForm.Names(Document["schedules"])];

    public IReadOnlyList<string> Doors => SiteForm.Names(Document["doors"]);

    /// <summary>What is wrong there, or below.</summary>
    public IEnumerable<string> At(params ReadOnlySpan<object> steps)
    {
        var path = "$";
        foreach (var step in steps) path = step is int index ? $"{path}[{index}]" : DocumentNode.PathOf(path, $"{step}");
        return Faults.Where(fault => fault.Path == path || fault.Path.StartsWith($"{path}.", StringComparison.Ordinal) || fault.Path.StartsWith($"{path}[", StringComparison.Ordinal))
            .Select(fault => fault.What);
    }

    protected async Task<bool> FindAsync(string name, CancellationToken stop)
    {
        if (await sites.FindAsync(name, stop) is not { } draft) return false;

        Show(draft);
        return true;
    }

    /// <param name="name">Of the site.</param>
    /// <param name="version">That the form was made of.</param>
    /// <param name="change">Puts into the document what was typed.</param>
    /// <param name="what">For the audit log.</param>
    /// <param name="to">Where one goes when it is done.</param>
    /// <param name="stop">Ends it.</param>
    protected async Task<IActionResult> SaveAsync(string name, long version, Action<JsonObject> change, string what, string to, CancellationToken stop)
    {
        if (await sites.FindAsync(name, stop) is not { } draft) return NotFound();

        Show(draft);
        change(Document);
        var outcome = draft.Version == version
            ? await sites.SaveAsync(name, Document.ToJsonString(SiteStore.Readable), version, new Doer(audit, User.Actor(), $"{what}, "), stop)
            : new SiteOutcome(0, [], draft);
        if (outcome.IsDone) return Redirect(to);

        (Faults, Conflict) = (outcome.Faults, outcome.Conflict);
        if (outcome.Newer is { } newer) Version = newer.Version;
        return Page();
    }

    void Show(SiteDraft draft) =>
        (Site, Version, Document) = (draft.Name, draft.Version, JsonNode.Parse(draft.Body, documentOptions: SiteStore.Lenient) as JsonObject ?? []);
}
