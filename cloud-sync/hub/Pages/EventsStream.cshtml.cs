using System.Threading.Channels;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewEngines;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace EdgeFace.Hub.Pages;

/// <summary>
/// New events as they come (server-sent events), each as the row that the page shows. It ends with the session, and looking on does not
/// keep a session from growing idle.
/// </summary>
[Needs(Permission.ViewEvents)]
sealed class EventsStreamModel(
    LiveFeed feed, KnownPeople people, Sessions sessions, ICompositeViewEngine views, IHostApplicationLifetime life, TimeProvider time) : PageModel
{
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
            await StreamAsync(watch.Events, EventQuery.Of(Request.Query).Filter, ending.Token);
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
                while (await events.WaitToReadAsync(either.Token)) await SendAllAsync(events, filter, stop);
                return;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                await SendAsync(": still here\n\n", stop);
            }
        }
    }

    async Task SendAllAsync(ChannelReader<SeenEvent> events, EventFilter filter, CancellationToken stop)
    {
        var known = User.May(Permission.ViewPeople) ? await people.AllAsync(stop) : null;
        while (events.TryRead(out var what))
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
