using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>Which events somebody wants to see.</summary>
/// <param name="Device">Of this device only.</param>
/// <param name="Door">At this door only; with a device.</param>
/// <param name="Person">Of this person only.</param>
/// <param name="Kind">Of this kind only; with a star at its end, of all that begin so.</param>
/// <param name="AlarmsOnly">Nothing but alarms.</param>
/// <param name="From">Received from then on.</param>
/// <param name="Until">Received before then.</param>
sealed record EventFilter(
    string? Device = null, string? Door = null, string? Person = null, string? Kind = null, bool AlarmsOnly = false,
    DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    /// <summary>The same for an event that is at hand; one that has just come is of no time that one asks for but "from".</summary>
    public bool Takes(SeenEvent what) =>
        (Device is null || what.Device == Device) && (Door is null || what.Door == Door) && (Person is null || what.Person == Person)
        && (!AlarmsOnly || what.Priority == 0) && (From is null || what.Received >= From) && (Until is null || what.Received < Until)
        && (Kind is null || (Kind.EndsWith('*') ? what.Kind.StartsWith(Kind[..^1], StringComparison.Ordinal) : what.Kind == Kind));
}

/// <summary>Lists of events, the newest first, a page at a time: the next page begins behind the last id, however many there are.</summary>
static class EventList
{
    public static async Task<IReadOnlyList<SeenEvent>> BeforeAsync(
        DbConnection connection, EventFilter filter, long? before, int count, CancellationToken stop)
    {
        List<string> terms = [];
        List<(string, object?)> values = [("@count", (long)count)];
        void Term(string sql, string name, object? value)
        {
            terms.Add(sql);
            values.Add((name, value));
        }

        if (before is { } id) Term("id < @before", "@before", id);
        if (filter.Device is { } device) Term("device = @device", "@device", device);
        if (filter.Door is { } door) Term("door = @door", "@door", door);
        if (filter.Person is { } person) Term("person = @person", "@person", person);
        if (filter.Kind is { } kind && kind.EndsWith('*'))
        {
            Term("kind >= @kind", "@kind", kind[..^1]);
            Term("kind < @kind_end", "@kind_end", kind[..^1] + '\uffff');
        }
        else if (filter.Kind is { } exact)
        {
            Term("kind = @kind", "@kind", exact);
        }

        if (filter.AlarmsOnly) terms.Add("priority = 0");
        if (filter.From is { } from) Term("received >= @from", "@from", Moment.Of(from));
        if (filter.Until is { } until) Term("received < @until", "@until", Moment.Of(until));
        var where = terms.Count == 0 ? "" : $"WHERE {string.Join(" AND ", terms)}";
        return await connection.ListAsync(
            $"SELECT {SeenEvent.Columns} FROM event {where} ORDER BY id DESC LIMIT @count", SeenEvent.Read, [.. values], stop);
    }

    /// <summary>The next ones in the order of arrival.</summary>
    public static async Task<IReadOnlyList<SeenEvent>> AfterAsync(DbConnection connection, long after, int count, CancellationToken stop) =>
        await connection.ListAsync(
            $"SELECT {SeenEvent.Columns} FROM event WHERE id > @after ORDER BY id LIMIT @count", SeenEvent.Read,
            [("@after", after), ("@count", (long)count)], stop);

    public static Task<SeenEvent?> FindAsync(DbConnection connection, long id, CancellationToken stop) => connection.FirstAsync(
        $"SELECT {SeenEvent.Columns} FROM event WHERE id = @id", SeenEvent.Read, [("@id", id)], stop);
}
