using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Webhooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Other systems that are told what happens, and a form for one more.</summary>
[Needs(Permission.Webhooks)]
[StepUp]
sealed class WebhooksModel(WebhookDesk desk, WebhookStore webhooks) : PageModel
{
    public string? Fault { get; private set; }

    /// <summary>Shown once.</summary>
    public string? Secret { get; private set; }

    public string? MadeId { get; private set; }

    public WebhookForm Form { get; private set; } = new();

    public IReadOnlyList<Webhook> All { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop) => All = await webhooks.ListAsync(stop);

    public async Task OnPostAsync([FromForm] WebhookForm form, CancellationToken stop)
    {
        (MadeId, Secret, Fault) = await desk.CreateAsync(User.Actor(), form.Wish, stop);
        if (Fault is not null) Form = form;
        All = await webhooks.ListAsync(stop);
    }
}

/// <summary>What is typed of a webhook.</summary>
sealed class WebhookForm
{
    public string? Name { get; set; }

    public string? Url { get; set; }

    public string? Kinds { get; set; }

    public string? Doors { get; set; }

    public IReadOnlyList<string>? Outcomes { get; set; }

    public bool Names { get; set; }

    public WebhookWish Wish => new(
        Name ?? "", Url ?? "", new WebhookFilter(WebhookFilter.Words(Kinds), WebhookFilter.Words(Doors), Outcomes ?? []), Names);

    public static WebhookForm Of(WebhookWish wish) => new()
    {
        Name = wish.Name,
        Url = wish.Url,
        Kinds = string.Join(' ', wish.Filter.Kinds),
        Doors = string.Join(' ', wish.Filter.Doors),
        Outcomes = wish.Filter.Outcomes,
        Names = wish.Names,
    };
}

/// <summary>How a webhook stands, in words.</summary>
static class WebhookText
{
    public static (string Words, string Tone) State(Webhook webhook) => webhook.State switch
    {
        WebhookState.On when webhook.FailingSince is { } since => ($"fails since {EventText.Time(since)} UTC", "warn"),
        WebhookState.On => ("on", "ok"),
        WebhookState.Paused => ("paused", "off"),
        WebhookState.Gone => ("ended by the receiver", "fail"),
        _ => ("given up", "fail"),
    };

    public static string Takes(WebhookFilter filter)
    {
        var parts = new[] { string.Join(" ", filter.Kinds), string.Join(" ", filter.Outcomes), filter.Doors.Count == 0 ? "" : $"at {string.Join(" ", filter.Doors)}" };
        return filter is { Kinds.Count: 0, Doors.Count: 0, Outcomes.Count: 0 } ? "all events" : string.Join("; ", parts.Where(part => part.Length > 0));
    }
}
