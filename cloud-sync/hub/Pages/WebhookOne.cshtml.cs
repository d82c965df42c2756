using System.Globalization;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Webhooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>One webhook: how it stands, what came of each try, and all that can be done with it.</summary>
[Needs(Permission.Webhooks)]
[StepUp("Change", "Rotate", "Replay", "Delete")]
sealed class WebhookOneModel(WebhookDesk desk, WebhookStore webhooks) : PageModel
{
    const int LogShown = 50;

    public string? Fault { get; private set; }

    public string? Done { get; private set; }

    /// <summary>Shown once.</summary>
    public string? Secret { get; private set; }

    public Webhook? Webhook { get; private set; }

    public IReadOnlyList<WebhookDelivery> Log { get; private set; } = [];

    public Task<IActionResult> OnGetAsync(string id, CancellationToken stop) => ShowAsync(id, stop);

    public async Task<IActionResult> OnPostPingAsync(string id, CancellationToken stop)
    {
        (var result, Fault) = await desk.PingAsync(User.Actor(), id, stop);
        if (result?.Fault is { } fault) Fault = $"The ping was not taken: {fault}";
        else if (result is not null) Done = $"The ping was taken: {result.Status} within {result.Milliseconds} ms.";
        return await ShowAsync(id, stop);
    }

    public async Task<IActionResult> OnPostChangeAsync(string id, [FromForm] WebhookForm form, CancellationToken stop) =>
        await ShowAsync(id, await desk.ChangeAsync(User.Actor(), id, form.Wish, stop), "It was changed.", stop);

    public async Task<IActionResult> OnPostPauseAsync(string id, CancellationToken stop) =>
        await ShowAsync(id, await desk.PauseAsync(User.Actor(), id, stop), "It is paused. What comes is kept, and delivered when it goes on.", stop);

    public async Task<IActionResult> OnPostResumeAsync(string id, CancellationToken stop) =>
        await ShowAsync(id, await desk.ResumeAsync(User.Actor(), id, stop), "It goes on where it stopped.", stop);

    public async Task<IActionResult> OnPostRotateAsync(string id, CancellationToken stop)
    {
        (Secret, Fault) = await desk.RotateAsync(User.Actor(), id, stop);
        return await ShowAsync(id, stop);
    }

    public async Task<IActionResult> OnPostReplayAsync(string id, [FromForm] string? from, CancellationToken stop) =>
        !DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? await ShowAsync(id, "Say from when on, as 2030-01-31T08:00.", "", stop)
            : await ShowAsync(id, await desk.ReplayAsync(User.Actor(), id, at, stop), $"It goes on with what was received from {EventText.Time(at)} UTC on.", stop);

    public async Task<IActionResult> OnPostDeleteAsync(string id, CancellationToken stop) =>
        await desk.DeleteAsync(User.Actor(), id, stop) is { } fault ? await ShowAsync(id, fault, "", stop) : RedirectToPage("/Webhooks");

    Task<IActionResult> ShowAsync(string id, string? fault, string done, CancellationToken stop)
    {
        (Fault, Done) = (fault, fault is null ? done : null);
        return ShowAsync(id, stop);
    }

    async Task<IActionResult> ShowAsync(string id, CancellationToken stop)
    {
        Webhook = await webhooks.FindAsync(id, stop);
        if (Webhook is null) return NotFound();

        Log = await webhooks.LogAsync(id, LogShown, stop);
        return Page();
    }
}
