using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Sites;

namespace EdgeFace.Hub.Api;

/// <summary>A site that is worked on; <c>document</c> is missing in lists.</summary>
sealed record SiteDocument(string Name, long Version, DateTimeOffset Changed, string By, JsonElement? Document);

/// <summary>A site as it shall be.</summary>
/// <param name="Version">That it was made of; 0: it is a new site.</param>
/// <param name="Document">The whole of it.</param>
sealed record SiteEdit(long Version, JsonElement Document);

/// <summary>What a device's reader says of a document.</summary>
sealed record SiteRefusal(string Error, IReadOnlyList<SiteFault> Faults);

/// <summary>One thing that is wrong, and where.</summary>
sealed record SiteFault(string Path, string What);

/// <summary>Which devices are to have a site; null: all.</summary>
sealed record SiteSending(IReadOnlyList<string>? Devices);

/// <summary>Devices with the version under which each is to have it.</summary>
sealed record SiteSent(IReadOnlyDictionary<string, long> Versions);

/// <summary>What a site says of somebody at a door at a moment.</summary>
sealed record PassingDocument(bool Passes, string? Mode, bool TwoPerson, string? Schedule, bool NeedsFirstPerson, double? HoursToNext);

/// <summary>Sites: who may pass which door when.</summary>
static class SiteApi
{
    const int DevicesMax = 500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/sites", ListAsync).Needs(Permission.ViewEvents).WithSummary("Sites that are worked on, without their documents.");
        api.MapGet("/sites/{site}", OneAsync).Needs(Permission.ViewEvents).WithSummary("One site with its document.");
        api.MapPut("/sites/{site}", PutAsync).Needs(Permission.Fleet).StepUp().WithSummary("Changes a site, where nobody has changed the version that it says.");
        api.MapDelete("/sites/{site}", DeleteAsync).Needs(Permission.Fleet).StepUp().WithSummary("Deletes a site of that version; devices keep what they have.");
        api.MapGet("/sites/{site}/passing", PassingAsync).Needs(Permission.ViewEvents).WithSummary("Whether somebody in these groups (with commas) may pass that door at that local time, or now.");
        api.MapGet("/sites/{site}/changes", ChangesAsync).Needs(Permission.ViewEvents).WithSummary("In what a site differs from what a device has reported to have in force.");
        api.MapPost("/sites/{site}/send", SendAsync).Needs(Permission.Fleet).StepUp().WithSummary("Makes a site what devices are to have.");
    }

    static async Task<List<SiteDocument>> ListAsync(SiteStore sites, CancellationToken stop) =>
        [.. (await sites.ListAsync(stop)).Select(site => new SiteDocument(site.Name, site.Version, site.Changed, site.By, null))];

    static async Task<IResult> OneAsync(string site, SiteStore sites, CancellationToken stop) =>
        await sites.FindAsync(site, stop) is { } found
            ? Results.Json(new SiteDocument(found.Name, found.Version, found.Changed, found.By, JsonElement.Parse(found.Compact))) : Results.NotFound();

    static async Task<IResult> PutAsync(string site, SiteEdit edit, HttpContext http, SiteStore sites, AuditLog audit, CancellationToken stop)
    {
        var outcome = await sites.SaveAsync(site, JsonSerializer.Serialize(edit.Document, SiteStore.Readable), edit.Version, new Doer(audit, http.User.Actor()), stop);
        if (outcome.IsDone) return Results.Json(new SiteAnswer(outcome.Version), statusCode: edit.Version == 0 ? 201 : 200);
        if (outcome.Newer is { } newer)
            return Results.Json(new Refusal($"{newer.By} has made version {newer.Version} of it meanwhile: read it, and change that one."), statusCode: 409);
        return outcome.Faults.Count == 0 ? Results.NotFound()
            : Results.Json(new SiteRefusal("A device would refuse it.", [.. outcome.Faults.Select(fault => new SiteFault(fault.Path, fault.What))]), statusCode: 422);
    }

    static async Task<IResult> DeleteAsync(string site, HttpContext http, SiteStore sites, AuditLog audit, CancellationToken stop, long version = 0) =>
        await sites.DeleteAsync(site, version, new Doer(audit, http.User.Actor()), stop) ? Results.NoContent() : Results.NotFound();

    static async Task<IResult> PassingAsync(
        string site, SiteStore sites, TimeProvider time, CancellationToken stop, string door = "", DateTime? at = null, string groups = "")
    {
        if (await sites.FindAsync(site, stop) is not { } draft || SiteDraft.Check(draft.Body).Site is not { } rules || !rules.Doors.ContainsKey(door)) return Results.NotFound();

        var local = at ?? TimeZoneInfo.ConvertTime(time.GetUtcNow(), LocalClock.Find(rules.TimeZone) ?? TimeZoneInfo.Utc).DateTime;
        var passing = Passing.Of(rules, door, groups.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), local);
        return Results.Json(new PassingDocument(
            passing.Rule is not null, passing.Rule?.Mode.Code(), passing.Rule?.TwoPerson is true, passing.Rule?.Schedule, passing.NeedsFirstPerson,
            passing.MinutesToNext > 0 ? passing.MinutesToNext / 60 : null));
    }

    static async Task<IResult> ChangesAsync(string site, SiteStore sites, SiteReaches reaches, CancellationToken stop, string device = "") =>
        await sites.FindAsync(site, stop) is { } draft && await reaches.ListAsync([device], "", 1, stop) is [var reach]
            ? Results.Json(SiteChange.Between(reach.AppliedSite, draft.Body)) : Results.NotFound();

    static async Task<IResult> SendAsync(
        string site, SiteSending wish, HttpContext http, SiteStore sites, SiteReaches reaches, SettingsDesk desk, AuditLog audit, CancellationToken stop)
    {
        if (await sites.FindAsync(site, stop) is not { } draft) return Results.NotFound();

        var known = (await reaches.ListAsync(wish.Devices, "", DevicesMax, stop)).Select(device => device.Device).ToArray();
        if (wish.Devices?.Except(known, StringComparer.Ordinal).ToArray() is { Length: > 0 } strange)
            return Results.Json(new Refusal($"There is no such device, or it is revoked: {string.Join(", ", strange)}. At most {DevicesMax} go at once; roll out to more."), statusCode: 400);

        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var device in known)
        {
            if (await desk.DesireAsync(device, draft.Body, stop, by: new Doer(audit, http.User.Actor(), $"site {site} version {draft.Version}, as ")) is not (> 0 and var version)) continue;

            versions[device] = version;
        }

        return Results.Json(new SiteSent(versions), statusCode: 202);
    }
}
