using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Publishing;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Api;

/// <summary>Devices, commands, galleries.</summary>
static class FleetApi
{
    const int PageMax = 500;

    static readonly string[] Commands = ["unlock", "lock", "lockdown", "release", "reset", "lockout", "challenge", "reload", "log"];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/devices", ListAsync).Needs(Permission.ViewEvents).WithSummary("Devices by name; the next page begins with after = the last name.");
        api.MapGet("/devices/{name}", OneAsync).Needs(Permission.ViewEvents).WithSummary("One device.");
        api.MapPost("/devices/{name}/invitation", InviteAsync).Needs(Permission.Fleet).StepUp().WithSummary("A one-time code with which the device makes itself known.");
        api.MapDelete("/devices/{name}/invitation", CancelAsync).Needs(Permission.Fleet).WithSummary("The code is good no more.");
        api.MapDelete("/devices/{name}/doors/{door}", ForgetAsync).Needs(Permission.Command).WithSummary("Off the wall; the door's next event brings it back.");
        api.MapDelete("/devices/{name}", RevokeAsync).Needs(Permission.Fleet).StepUp().WithSummary("Nothing of the device is believed any more.");
        api.MapPut("/devices/{name}/site", SiteAsync).Needs(Permission.Fleet).StepUp().WithSummary("The site document that the device is to have.");
        api.MapPost("/devices/{name}/commands", CommandAsync).Needs(Permission.Command).StepUp().WithSummary("Something to do at once, or never.");
        api.MapPost("/lockdown", LockdownAsync).Needs(Permission.Lockdown).WithSummary("Locks all doors of all devices against everybody, or ends that.");
        api.MapGet("/commands", SentAsync).Needs(Permission.ViewEvents).WithSummary("The newest commands with their answers.");
        api.MapGet("/galleries", GalleriesAsync).Needs(Permission.ViewEvents).WithSummary("Galleries, and how many devices have the newest version.");
    }

    static async Task<List<DeviceDocument>> ListAsync(DeviceStore devices, CancellationToken stop, string after = "", int count = 100) =>
        [.. (await devices.ListAsync(after, Math.Clamp(count, 1, PageMax), stop)).Select(Document)];

    static async Task<IResult> OneAsync(string name, DeviceStore devices, CancellationToken stop) =>
        await devices.FindAsync(name, stop) is { } device ? Results.Json(Document(device)) : Results.NotFound();

    static Task<IResult> InviteAsync(
        string name, HttpContext http, Provisioning provisioning, HubAddress address, AuditLog audit, TimeProvider time, CancellationToken stop) => Refusal.OrAsync(400, async () =>
    {
        var code = await provisioning.InviteAsync(name, new Doer(audit, http.User.Actor()), stop);
        return Results.Json(new InvitationDocument(
            name, HubAddress.Grouped(code), address.Pin, time.GetUtcNow() + Provisioning.Lasts, address.CommandFor(name, code)), statusCode: 201);
    });

    static async Task<IResult> CancelAsync(string name, HttpContext http, Provisioning provisioning, AuditLog audit, CancellationToken stop) =>
        await provisioning.CancelAsync(name, new Doer(audit, http.User.Actor()), stop) ? Results.NoContent() : Results.NotFound();

    static async Task<IResult> ForgetAsync(string name, string door, HttpContext http, DoorWall wall, AuditLog audit, CancellationToken stop) =>
        await wall.ForgetAsync(name, door, new Doer(audit, http.User.Actor()), stop) ? Results.NoContent() : Results.NotFound();

    static async Task<IResult> RevokeAsync(string name, HttpContext http, Provisioning provisioning, AuditLog audit, CancellationToken stop) =>
        await provisioning.RevokeAsync(name, new Doer(audit, http.User.Actor()), stop) ? Results.NoContent() : Results.NotFound();

    static Task<IResult> SiteAsync(string name, SiteWish wish, HttpContext http, SettingsDesk settings, AuditLog audit, CancellationToken stop) => Refusal.OrAsync(400, async () =>
    {
        var version = await settings.DesireAsync(name, wish.Site.GetRawText(), stop, by: new Doer(audit, http.User.Actor()));
        return version == 0 ? Results.NotFound() : Results.Json(new SiteAnswer(version), statusCode: 202);
    });

    static async Task<IResult> CommandAsync(
        string name, CommandWish wish, HttpContext http, CommandDesk commands, DeviceStore devices, AuditLog audit, CancellationToken stop)
    {
        if (!Commands.Contains(wish.Command)) return Results.Json(new Refusal($"There is no command '{wish.Command}'; there are {string.Join(", ", Commands)}."), statusCode: 400);
        if (wish.Seconds is { } seconds && CommandDesk.UnlockFault(seconds) is { } fault) return Results.Json(new Refusal(fault), statusCode: 400);
        if (wish.Command is "lockdown" && !http.User.May(Permission.Lockdown)) return Results.Forbid();
        if (await devices.FindAsync(name, stop) is not { Revoked: null }) return Results.NotFound();

        await audit.WriteAsync(http.User.Actor(), $"door.{wish.Command}{(wish.Off is true ? "-end" : "")}", $"{name}/{wish.Door}", "", stop);
        var id = await commands.SendAsync(
            new CommandDocument("", name, wish.Command, default, default, wish.Door, wish.Seconds, wish.Off), http.User.Actor(), stop);
        return Results.Json(new SentDocument(id, 1), statusCode: 202);
    }

    /// <summary>Once asked for it is done, whether the caller waits or not. Ending it takes who has just shown who he is.</summary>
    static async Task<IResult> LockdownAsync(LockdownWish wish, HttpContext http, CommandDesk commands, AuditLog audit, TimeProvider time)
    {
        if (wish.Off && !StepUp.IsFresh(http.User, time)) return Results.Forbid();

        await audit.WriteAsync(http.User.Actor(), wish.Off ? "site.lockdown-end" : "site.lockdown", "all", "", CancellationToken.None);
        return Results.Json(
            new SentDocument(null, await commands.SendToAllAsync("lockdown", wish.Off, http.User.Actor(), CancellationToken.None)), statusCode: 202);
    }

    static async Task<List<CommandDocumentOut>> SentAsync(CommandDesk commands, CancellationToken stop, string? device = null, int count = 50) =>
        [.. (await commands.ListAsync(device, Math.Clamp(count, 1, PageMax), stop)).Select(each => new CommandDocumentOut(
            each.Id, each.Device, each.Command, each.Door, each.Issued, each.Expires, each.By, each.Result, each.Code, each.Message, each.Answered))];

    static async Task<List<GalleryDocument>> GalleriesAsync(GalleryStore galleries, CancellationToken stop)
    {
        List<GalleryDocument> documents = [];
        foreach (var gallery in await galleries.AllAsync(stop))
        {
            var (there, all) = await galleries.ReachAsync(gallery, stop);
            documents.Add(new GalleryDocument(
                gallery.Name, gallery.Model, gallery.State?.Version ?? 0, gallery.People, gallery.Templates, gallery.PressedAt, there, all));
        }

        return documents;
    }

    static DeviceDocument Document(Device device) => new(
        device.Name, device.VerifyingKey.Id, device.Model, device.Registered, device.Revoked, device.IsOnline, device.StatusAt, device.Gallery, device.Version,
        device.People, device.Refusal, device.Desired, device.Applied,
        device.SettingsCode is null ? null : $"{device.SettingsCode}: {device.SettingsFaults}", device.EventAt, device.Missing, device.Conflicts, device.Agent, device.LeftOut);
}
