using System.Globalization;
using System.Threading.Channels;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewEngines;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace EdgeFace.Hub.Pages;

/// <summary>
/// New events as they come (server-sent events), each as the row that the page shows; first those that came since the page was made, or
/// since the stream broke. It ends with the session, and looking on does not keep a session from growing idle.
/// </summary>
[Needs(Permission.ViewEvents)]
sealed class EventsStreamModel(
    LiveFeed feed, IDatabase database, KnownPeople people, Sessions sessions, ICompositeViewEngine views, IHostApplicationLifetime life, TimeProvider time) : PageModel
{
    /// <summary>Of those that came meanwhile.</summary>
    const int MissedMax = 500;

    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A browser comes again by itself; and is then judged anew.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public async Task<IActionResult> OnGetAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(HttpContext.RequestAborted, life.ApplicationStopping);
        using var watch = feed.Open();
        if (watch is null) return StatusCode(StatusCodes.Status503ServiceUnavailable);

        Response.ContentType = "text/event-stream";
        Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await SendAsync("retry: 5000\n: good day\n\n", ending.Token);
            var filter = EventQuery.Of(Request.Query).Filter;
            await watch.Begun.WaitAsync(ending.Token);
            if (After() is { } after) await SendAllAsync(await MissedAsync(filter, after, ending.Token), filter, ending.Token);
            await StreamAsync(watch.Events, filter, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // who looked has gone, or the hub goes
        }

        return new EmptyResult();
    }

    async Task StreamAsync(ChannelReader<SeenEvent> events, EventFilter filter, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Longest)
        {
            if (!await HoldsAsync(stop)) return;

            using var pause = new CancellationTokenSource(Heartbeat, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, pause.Token);
            try
            {
                while (await events.WaitToReadAsync(either.Token)) await SendAllAsync(Waiting(events), filter, stop);
                return;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                await SendAsync(": still here\n\n", stop);
            }
        }
    }

    static IEnumerable<SeenEvent> Waiting(ChannelReader<SeenEvent> events)
    {
        while (events.TryRead(out var what)) yield return what;
    }

    /// <summary>The newest that the page has, or that this browser was sent; null: it begins now.</summary>
    long? After() => long.TryParse($"{Request.Headers["Last-Event-ID"]}", NumberStyles.None, CultureInfo.InvariantCulture, out var seen)
        || long.TryParse($"{Request.Query["after"]}", NumberStyles.None, CultureInfo.InvariantCulture, out seen) ? seen : null;

    async Task<IEnumerable<SeenEvent>> MissedAsync(EventFilter filter, long after, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return (await EventList.BeforeAsync(connection, filter, null, MissedMax, stop)).Where(what => what.Id > after).Reverse();
    }

    /// <summary>A page leaves out what it has: some may be sent twice.</summary>
    async Task SendAllAsync(IEnumerable<SeenEvent> events, EventFilter filter, CancellationToken stop)
    {
        var known = User.May(Permission.ViewPeople) ? await people.AllAsync(stop) : null;
        foreach (var what in events)
        {
            if (!filter.Takes(what)) continue;

            var row = await RowAsync(EventRow.Of(what, known));
            await SendAsync($"id: {what.Id}\nevent: row\n{string.Concat(row.Split('\n').Select(line => $"data: {line.TrimEnd('\r')}\n"))}\n", stop);
        }
    }

    async Task<string> RowAsync(EventRow row)
    {
        var view = views.GetView(null, "/Pages/_EventRow.cshtml", isMainPage: false).View
            ?? throw new InvalidOperationException("The row of an event is missing from this program.");
        await using var text = new StringWriter();
        var data = new ViewDataDictionary<EventRow>(MetadataProvider, new Microsoft.AspNetCore.Mvc.ModelBinding.ModelStateDictionary()) { Model = row };
        await view.RenderAsync(new ViewContext(PageContext, view, data, TempData, text, new HtmlHelperOptions()));
        return text.ToString().Trim();
    }

    /// <summary>A session that was ended ends this; a token is looked at when its program comes again.</summary>
    async Task<bool> HoldsAsync(CancellationToken stop)
    {
        if (User.IsToken()) return true;

        var own = User.SessionHash();
        return (await sessions.OfAsync(User.OperatorId(), stop)).Exists(one => one.Hash.AsSpan().SequenceEqual(own) && Rights.May(one.Operator.Role, Permission.ViewEvents));
    }

    async Task SendAsync(string text, CancellationToken stop)
    {
        await Response.WriteAsync(text, stop);
        await Response.Body.FlushAsync(stop);
    }
}
