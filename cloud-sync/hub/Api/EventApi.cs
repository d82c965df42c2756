using System.Globalization;
using System.Text;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Api;

/// <summary>Events: pages of them, all of a time as CSV or JSON lines.</summary>
static class EventApi
{
    const int PageMax = 500, ExportPage = 2_000;

    static readonly string[] Priorities = ["alarm", "access", "telemetry"];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/events", ListAsync).Needs(Permission.ViewEvents).Produces<List<EventDocument>>().WithSummary("Events, the newest first; the next page begins with before = the last id.");
        api.MapGet("/events/{id:long}", OneAsync).Needs(Permission.ViewEvents).WithSummary("One event.");
        api.MapGet("/export/events", ExportAsync).Needs(Permission.Export).WithSummary("All events of a time, in the order of arrival, as csv or json (one object a line).");
    }

    static async Task<IResult> ListAsync(
        IDatabase database, CancellationToken stop, long? before = null, int count = 50, string? device = null, string? door = null, string? person = null,
        string? kind = null, bool alarms = false, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        if (door is not null && device is null)
            return Results.Json(new Refusal($"Doors are named within a device: say the device of '{door}', too."), statusCode: 400);

        await using var connection = await database.OpenAsync(stop);
        var events = await EventList.BeforeAsync(
            connection, new EventFilter(device, door, person, kind, alarms, from, until), before, Math.Clamp(count, 1, PageMax), stop);
        return Results.Json(events.Select(Document));
    }

    static async Task<IResult> OneAsync(long id, IDatabase database, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await EventList.FindAsync(connection, id, stop) is { } found ? Results.Json(Document(found)) : Results.NotFound();
    }

    /// <summary>Sent as it is read, a page at a time: ten million events need no more memory than two thousand.</summary>
    static async Task ExportAsync(HttpContext http, IDatabase database, AuditLog audit, TimeProvider time, CancellationToken stop, string format = "csv", long after = 0)
    {
        var isCsv = format == "csv";
        await audit.WriteAsync(http.User.Actor(), "events.export", format, string.Create(CultureInfo.InvariantCulture, $"after {after}"), stop);
        http.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"events.{(isCsv ? "csv" : "ndjson")}\"";
        await using var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(false));
        if (isCsv) await writer.WriteAsync("id,device,boot,seq,at,received,priority,kind,door,person,reason,value,limit\r\n".AsMemory(), stop);
        var cursor = new EventCursor(database, after, time);
        while (true)
        {
            IReadOnlyList<SeenEvent> page;
            await using (var connection = await database.OpenAsync(stop)) page = await cursor.NextAsync(connection, ExportPage, stop);
            if (page.Count == 0) break;

            foreach (var what in page) await writer.WriteAsync((isCsv ? Csv(what) : what.Body + "\n").AsMemory(), stop);
        }
    }

    static string Csv(SeenEvent what) => string.Join(',', new[]
    {
        Text(what.Id), what.Device, Text(what.Boot), Text(what.Seq), what.At.ToString("O", CultureInfo.InvariantCulture),
        what.Received.ToString("O", CultureInfo.InvariantCulture), Priorities[Math.Clamp(what.Priority, 0, 2)], what.Kind, what.Door, what.Person, what.Reason,
        what.Value?.ToString("R", CultureInfo.InvariantCulture), what.Limit?.ToString("R", CultureInfo.InvariantCulture),
    }.Select(Storage.Csv.Cell)) + "\r\n";

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static EventDocument Document(SeenEvent what) => new(
        what.Id, what.Device, what.Boot, what.Seq, what.At, what.Received, Priorities[Math.Clamp(what.Priority, 0, 2)], what.Kind, what.Door, what.Person,
        what.Reason, what.Value, what.Limit, what.Remedy, what.More.ToDictionary(each => each.Name, each => each.Value));
}
