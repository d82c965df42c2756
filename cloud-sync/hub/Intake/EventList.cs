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
    const int KindsMax = 200;

    /// <summary>Two instances write at once, and their clocks differ by so much at most, in µs: within that, ids and times may be in another order.</summary>
    static readonly long Disorder = (long)TimeSpan.FromMinutes(1).TotalMicroseconds;

    public static async Task<IReadOnlyList<SeenEvent>> BeforeAsync(
        DbConnection connection, EventFilter filter, long? before, int count, CancellationToken stop)
    {
        var terms = new EventTerms(filter, before);
        await BoundAsync(connection, filter, terms, stop);
        var kinds = filter is { Device: null, Person: null, Kind: ['*'] or [.., '*'] } && filter.Kind != "*"
            ? await KindsAsync(connection, filter.Kind[..^1], stop) : null;
        if (kinds is { Count: 0 }) return [];

        var sql = kinds is null
            ? $"SELECT {SeenEvent.Columns} FROM event {terms.Where()} ORDER BY id DESC LIMIT @count"
            // Each kind by its own index, and the newest of them together: no index holds the order of several.
            : $"SELECT {SeenEvent.Columns} FROM ({string.Join(" UNION ALL ", kinds.Select(kind =>
                $"SELECT * FROM (SELECT {SeenEvent.Columns} FROM event {terms.Where(kind)} ORDER BY id DESC LIMIT @count) AS one"))}) AS all_of_them ORDER BY id DESC LIMIT @count";
        return await connection.ListAsync(sql, SeenEvent.Read, [.. terms.Values, ("@count", (long)count)], stop);
    }

    /// <summary>A time is made into ids, by which lists are ordered.</summary>
    static async Task BoundAsync(DbConnection connection, EventFilter filter, EventTerms terms, CancellationToken stop)
    {
        if (filter.From is { } from)
        {
            var first = await connection.NumberAsync(
                "SELECT id FROM event WHERE received >= @from ORDER BY received LIMIT 1", [("@from", Moment.Of(from) - Disorder)], stop);
            terms.Add("id >= @first", "@first", first == 0 ? long.MaxValue : first);
        }

        if (filter.Until is { } until)
        {
            var last = await connection.NumberAsync(
                "SELECT id FROM event WHERE received >= @until ORDER BY received LIMIT 1", [("@until", Moment.Of(until) + Disorder)], stop);
            if (last > 0) terms.Add("id < @last", "@last", last);
        }
    }

    static Task<List<string>> KindsAsync(DbConnection connection, string begin, CancellationToken stop) => connection.ListAsync(
        "SELECT name FROM kind WHERE name >= @begin AND name < @end ORDER BY name LIMIT @most", row => row.GetString(0),
        [("@begin", begin), ("@end", begin + '\uffff'), ("@most", (long)KindsMax)], stop);

    /// <summary>The next ones in the order of arrival.</summary>
    public static async Task<IReadOnlyList<SeenEvent>> AfterAsync(DbConnection connection, long after, int count, CancellationToken stop) =>
        await connection.ListAsync(
            $"SELECT {SeenEvent.Columns} FROM event WHERE id > @after ORDER BY id LIMIT @count", SeenEvent.Read,
            [("@after", after), ("@count", (long)count)], stop);

    /// <summary>The id behind which everything stands that was received from then on.</summary>
    public static async Task<long> PlaceAsync(DbConnection connection, DateTimeOffset from, CancellationToken stop)
    {
        var first = await connection.NumberAsync(
            "SELECT id FROM event WHERE received >= @from ORDER BY received LIMIT 1", [("@from", Moment.Of(from) - Disorder)], stop);
        return first > 0 ? first - 1 : await connection.NumberAsync("SELECT max(id) FROM event", [], stop);
    }

    public static Task<SeenEvent?> FindAsync(DbConnection connection, long id, CancellationToken stop) => connection.FirstAsync(
        $"SELECT {SeenEvent.Columns} FROM event WHERE id = @id", SeenEvent.Read, [("@id", id)], stop);
}
