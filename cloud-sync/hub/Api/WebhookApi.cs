using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Webhooks;

namespace EdgeFace.Hub.Api;

/// <summary>Webhooks: what the page does, for programs. What is posted to receivers stands in WEBHOOKS.md.</summary>
static class WebhookApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var all = api.MapGroup("/webhooks");
        all.MapGet("", ListAsync).Needs(Permission.Webhooks).WithSummary("Webhooks, without their secrets.");
        all.MapPost("", CreateAsync).Needs(Permission.Webhooks).StepUp()
            .WithSummary("Makes a webhook; its secret is in the answer and never again. Messages are signed as Standard Webhooks 1.0 say; the body is a JSON batch of CloudEvents 1.0.");
        all.MapGet("/{id}", OneAsync).Needs(Permission.Webhooks).WithSummary("One webhook.");
        all.MapPut("/{id}", ChangeAsync).Needs(Permission.Webhooks).StepUp().WithSummary("Changes a webhook; it goes on where it is.");
        all.MapDelete("/{id}", DeleteAsync).Needs(Permission.Webhooks).StepUp().WithSummary("Ends a webhook.");
        all.MapGet("/{id}/deliveries", LogAsync).Needs(Permission.Webhooks).WithSummary("The newest tries, at most 200.");
        all.MapPost("/{id}/ping", PingAsync).Needs(Permission.Webhooks).WithSummary("Sends an event of type edgeface.ping at once.");
        all.MapPost("/{id}/pause", PauseAsync).Needs(Permission.Webhooks).WithSummary("Delivers nothing until it is resumed; nothing is lost meanwhile.");
        all.MapPost("/{id}/resume", ResumeAsync).Needs(Permission.Webhooks).WithSummary("Goes on where it stopped, also after it was given up.");
        all.MapPost("/{id}/replay", ReplayAsync).Needs(Permission.Webhooks).StepUp().WithSummary("Delivers all that was received from a time on, once more.");
        all.MapPost("/{id}/secret", RotateAsync).Needs(Permission.Webhooks).StepUp().WithSummary("Makes a new secret; the one before signs for 24 hours, too.");
    }

    static async Task<List<WebhookDocument>> ListAsync(WebhookStore webhooks, CancellationToken stop) => [.. (await webhooks.ListAsync(stop)).Select(Document)];

    static async Task<IResult> OneAsync(string id, WebhookStore webhooks, CancellationToken stop) =>
        await webhooks.FindAsync(id, stop) is { } found ? Results.Json(Document(found)) : Results.NotFound();

    static async Task<IResult> CreateAsync(WebhookBody body, HttpContext http, WebhookDesk desk, CancellationToken stop)
    {
        var (id, secret, fault) = await desk.CreateAsync(http.User.Actor(), Wish(body), stop);
        return fault is null ? Results.Json(new WebhookSecretDocument(id, secret), statusCode: 201) : Results.Json(new Refusal(fault), statusCode: 400);
    }

    static async Task<IResult> ChangeAsync(string id, WebhookBody body, HttpContext http, WebhookDesk desk, WebhookStore webhooks, CancellationToken stop) =>
        await AnswerAsync(id, webhooks, () => desk.ChangeAsync(http.User.Actor(), id, Wish(body), stop), stop);

    static async Task<IResult> DeleteAsync(string id, HttpContext http, WebhookDesk desk, WebhookStore webhooks, CancellationToken stop) =>
        await AnswerAsync(id, webhooks, () => desk.DeleteAsync(http.User.Actor(), id, stop), stop);

    static async Task<IResult> PauseAsync(string id, HttpContext http, WebhookDesk desk, WebhookStore webhooks, CancellationToken stop) =>
        await AnswerAsync(id, webhooks, () => desk.PauseAsync(http.User.Actor(), id, stop), stop);

    static async Task<IResult> ResumeAsync(string id, HttpContext http, WebhookDesk desk, WebhookStore webhooks, CancellationToken stop) =>
        await AnswerAsync(id, webhooks, () => desk.ResumeAsync(http.User.Actor(), id, stop), stop);

    static async Task<IResult> ReplayAsync(string id, ReplayBody body, HttpContext http, WebhookDesk desk, WebhookStore webhooks, CancellationToken stop) =>
        await AnswerAsync(id, webhooks, () => desk.ReplayAsync(http.User.Actor(), id, body.From, stop), stop);

    static async Task<IResult> RotateAsync(string id, HttpContext http, WebhookDesk desk, CancellationToken stop)
    {
        var (secret, fault) = await desk.RotateAsync(http.User.Actor(), id, stop);
        return fault is null ? Results.Json(new WebhookSecretDocument(id, secret)) : Results.NotFound();
    }

    static async Task<IResult> PingAsync(string id, HttpContext http, WebhookDesk desk, CancellationToken stop)
    {
        var (result, _) = await desk.PingAsync(http.User.Actor(), id, stop);
        return result is null ? Results.NotFound() : Results.Json(new PingDocument(result.Fault is null, result.Status, result.Milliseconds, result.Fault));
    }

    static async Task<IResult> LogAsync(string id, WebhookStore webhooks, CancellationToken stop, int count = 50) =>
        await webhooks.FindAsync(id, stop) is null ? Results.NotFound() : Results.Json((await webhooks.LogAsync(id, count, stop)).Select(each =>
            new WebhookDeliveryDocument(each.At, each.Message, each.Events, each.Status, each.Milliseconds, each.Fault)));

    static async Task<IResult> AnswerAsync(string id, WebhookStore webhooks, Func<Task<string?>> act, CancellationToken stop)
    {
        if (await webhooks.FindAsync(id, stop) is null) return Results.NotFound();

        return await act() is { } fault ? Results.Json(new Refusal(fault), statusCode: 400) : Results.NoContent();
    }

    static WebhookWish Wish(WebhookBody body) =>
        new(body.Name, body.Url, new WebhookFilter(body.Kinds ?? [], body.Doors ?? [], body.Outcomes ?? []), body.Names);

    static WebhookDocument Document(Webhook one) => new(
        one.Id, one.Wish.Name, one.Wish.Url, one.Wish.Filter.Kinds, one.Wish.Filter.Doors, one.Wish.Filter.Outcomes, one.Wish.Names, WebhookStore.Word(one.State),
        one.Created, one.By, one.Since, one.FailingSince, one.Failures, one.NextAt, one.Status, one.Fault, one.DeliveredAt, one.Delivered, one.OldUntil);
}
