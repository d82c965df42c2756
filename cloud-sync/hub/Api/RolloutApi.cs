using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Rollouts;

namespace EdgeFace.Hub.Api;

/// <summary>A roll-out of a site.</summary>
/// <param name="Title">For people.</param>
/// <param name="Site">Name of a site that is worked on; or else the document itself.</param>
/// <param name="Document">The document.</param>
/// <param name="Stages">As "1, 10 %, 50 %, 100 %".</param>
/// <param name="SoakMinutes">Of each stage.</param>
/// <param name="Devices">Null: all.</param>
/// <param name="First">Those that come first.</param>
/// <param name="Rule">When it halts by itself; null: as usual.</param>
sealed record RolloutRequest(
    string Title, string? Site = null, JsonElement? Document = null, string Stages = "1, 10 %, 50 %, 100 %", double SoakMinutes = 60,
    IReadOnlyList<string>? Devices = null, IReadOnlyList<string>? First = null, HaltRule? Rule = null);

/// <summary>A roll-out, how it stands; devices are missing in lists.</summary>
sealed record RolloutDocument(
    string Id, string Title, string State, int Stage, IReadOnlyList<RolloutStage> Stages, string? Reason, string? Figures, long Looks, HaltRule Rule,
    DateTimeOffset Created, string By, DateTimeOffset? Ended, IReadOnlyList<RolloutDeviceDocument>? Devices);

/// <summary>A device of it.</summary>
sealed record RolloutDeviceDocument(string Device, int Stage, DateTimeOffset? Told, long? Version, DateTimeOffset? Reached, bool Overruled, string? Refusal, long? Back);

/// <summary>Staged roll-outs.</summary>
static class RolloutApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/rollouts", ListAsync).Needs(Permission.ViewEvents).WithSummary("Roll-outs, the newest first.");
        api.MapPost("/rollouts", BeginAsync).Needs(Permission.Fleet).StepUp().WithSummary("Begins a roll-out of a site in stages.");
        api.MapGet("/rollouts/{id}", OneAsync).Needs(Permission.ViewEvents).WithSummary("One roll-out with its devices.");
        api.MapPost("/rollouts/{id}/halt", HaltAsync).Needs(Permission.Fleet).WithSummary("Halts it; devices keep what they have.");
        api.MapPost("/rollouts/{id}/go-on", GoOnAsync).Needs(Permission.Fleet).StepUp().WithSummary("Goes on with one that halted; counts begin anew.");
        api.MapPost("/rollouts/{id}/roll-back", BackAsync).Needs(Permission.Fleet).StepUp().WithSummary("Brings back what devices were to have before.");
    }

    static async Task<List<RolloutDocument>> ListAsync(RolloutStore rollouts, CancellationToken stop) =>
        [.. (await rollouts.ListAsync(stop)).Select(rollout => Document(rollout, null))];

    static async Task<IResult> OneAsync(string id, RolloutStore rollouts, CancellationToken stop) =>
        await rollouts.FindAsync(id, stop) is { } found ? Results.Json(Document(found, await rollouts.DevicesAsync(id, stop))) : Results.NotFound();

    static Task<IResult> BeginAsync(RolloutRequest wish, HttpContext http, RolloutDesk desk, SiteStore sites, CancellationToken stop) => Refusal.OrAsync(400, async () =>
    {
        var body = wish.Site is { } name ? (await sites.FindAsync(name, stop))?.Body ?? throw new FormatException($"There is no site '{name}'.")
            : wish.Document is { } document ? document.GetRawText() : throw new FormatException("Say a site, or a document.");
        var id = await desk.BeginAsync(
            new RolloutWish(wish.Title, body, wish.Stages, wish.SoakMinutes, wish.Devices, wish.First ?? [], wish.Rule ?? new HaltRule()), http.User.Actor(), stop);
        return Results.Json(new SentDocument(id, (await desk.Store.DevicesAsync(id, stop)).Count), statusCode: 201);
    });

    static async Task<IResult> HaltAsync(string id, HttpContext http, RolloutDesk desk, CancellationToken stop) => Answer(await desk.HaltAsync(id, http.User.Actor(), stop));

    static async Task<IResult> GoOnAsync(string id, HttpContext http, RolloutDesk desk, CancellationToken stop) => Answer(await desk.GoOnAsync(id, http.User.Actor(), stop));

    static async Task<IResult> BackAsync(string id, HttpContext http, RolloutDesk desk, CancellationToken stop) => Answer(await desk.RollBackAsync(id, http.User.Actor(), stop));

    static IResult Answer(bool isDone) =>
        isDone ? Results.NoContent() : Results.Json(new Refusal("It does not stand so that this could be done: read how it stands."), statusCode: 409);

    static RolloutDocument Document(Rollout rollout, IReadOnlyList<RolloutDevice>? devices) => new(
        rollout.Id, rollout.Title, JsonNamingPolicy.KebabCaseLower.ConvertName(rollout.State.ToString()), rollout.Stage + 1, rollout.Stages, rollout.Reason,
        rollout.Figures, rollout.Looks, rollout.Rule, rollout.Created, rollout.By, rollout.Ended,
        devices?.Select(device => new RolloutDeviceDocument(
            device.Device, device.Stage + 1, device.Told, device.Version, device.Reached, device.IsOverruled,
            device.IsRefusing ? $"{device.Code}: {device.Faults}" : null, device.Back)).ToArray());
}
