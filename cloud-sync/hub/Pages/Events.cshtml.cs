using System.Globalization;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>What happened, the newest first.</summary>
[Needs(Permission.ViewEvents)]
sealed class EventsModel(IDatabase database, KnownPeople people) : PageModel
{
    const int Count = 50;

    public EventQuery Asked { get; private set; } = new(new EventFilter(), null);

    public IReadOnlyList<EventRow> Rows { get; private set; } = [];

    /// <summary>Where the older ones begin; null: there are none.</summary>
    public long? Older { get; private set; }

    /// <summary>Where what comes after these rows is told.</summary>
    public string Stream
    {
        get
        {
            var address = Asked.Address();
            return string.Create(CultureInfo.InvariantCulture, $"/events/stream{address}{(address.Length == 0 ? "?" : "&")}after={(Rows.Count == 0 ? 0 : Rows[0].What.Id)}");
        }
    }

    /// <summary>The person of the filter, for who may see people.</summary>
    public string? Name { get; private set; }

    /// <summary>New ones come by themselves on the first page only, and not where they would be of the past.</summary>
    public bool IsLive => Asked.Before is null && Asked.Filter.Until is null;

    public async Task OnGetAsync(CancellationToken stop)
    {
        Asked = EventQuery.Of(Request.Query);
        var known = User.May(Permission.ViewPeople) ? await people.AllAsync(stop) : null;
        if (Asked.Filter.Person is { } id && known is not null && known.TryGetValue(id, out var person)) Name = person.Name;
        await using var connection = await database.OpenAsync(stop);
        var found = await EventList.BeforeAsync(connection, Asked.Filter, Asked.Before, Count + 1, stop);
        if (found.Count > Count) Older = found[Count - 1].Id;
        Rows = [.. found.Take(Count).Select(what => EventRow.Of(what, known))];
    }
}
