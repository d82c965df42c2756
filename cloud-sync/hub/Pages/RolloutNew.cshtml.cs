using System.Globalization;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Rollouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Begins a roll-out.</summary>
[Needs(Permission.Fleet)]
sealed class RolloutNewModel(RolloutDesk desk, SiteStore sites, DoorWall wall) : PageModel
{
    public string? Fault { get; private set; }

    public IReadOnlyList<SiteDraft> Sites { get; private set; } = [];

    public long Devices { get; private set; }

    public string RolloutTitle { get; private set; } = "";

    public string? Site { get; private set; }

    public string Stages { get; private set; } = "1, 10 %, 50 %, 100 %";

    public string Soak { get; private set; } = "60";

    public string Chosen { get; private set; } = "";

    public string First { get; private set; } = "";

    public int Refused { get; private set; }

    public string Patience { get; private set; } = "30";

    public async Task OnGetAsync(string? site, CancellationToken stop)
    {
        Site = site;
        await LookAsync(stop);
        if (Sites.FirstOrDefault(one => one.Name == site) is { } draft) RolloutTitle = $"{draft.Name}, version {draft.Version}";
    }

    public async Task<IActionResult> OnPostAsync(
        [FromForm] string? title, [FromForm] string? site, [FromForm] string? stages, [FromForm] string? soak, [FromForm] string? devices,
        [FromForm] string? first, [FromForm] int refused, [FromForm] string? patience, CancellationToken stop)
    {
        (RolloutTitle, Site, Stages, Soak, Chosen, First) = (title ?? "", site, stages ?? "", soak ?? "", devices ?? "", first ?? "");
        (Refused, Patience) = (refused, patience ?? "");
        try
        {
            var draft = await sites.FindAsync(site ?? "", stop) ?? throw new FormatException("Choose a site.");
            var wish = new RolloutWish(
                RolloutTitle, draft.Body, Stages, Number(Soak, "minutes of a stage"), Names(Chosen) is { Count: > 0 } some ? some : null, Names(First),
                new HaltRule(RefusedMax: refused, PatienceMinutes: Number(Patience, "minutes of patience")));
            return Redirect($"/rollouts/{await desk.BeginAsync(wish, User.Actor(), stop)}");
        }
        catch (FormatException e)
        {
            Fault = e.Message;
            await LookAsync(stop);
            return Page();
        }
    }

    async Task LookAsync(CancellationToken stop)
    {
        Sites = await sites.ListAsync(stop);
        var figures = await wall.FiguresAsync(stop);
        Devices = figures.Online + figures.Offline + figures.Awaited;
    }

    static double Number(string text, string what) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number
            : throw new FormatException($"'{text}' is no number of {what}.");

    static List<string> Names(string lines) => [.. lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
