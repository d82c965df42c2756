using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// A filter as SQL. One column leads, by whose index the list is read in its order: the one of which there are fewest events. The others
/// are written so that no engine takes theirs instead, and sorts ten million rows for the first hundred.
/// </summary>
sealed class EventTerms
{
    readonly List<string> _terms = [];
    readonly List<(string Name, object? Value)> _values = [];

    public EventTerms(EventFilter filter, long? before)
    {
        var isLed = false;
        void Lead(string column, string name, object? value)
        {
            Add(isLed ? $"{column} || '' = {name}" : $"{column} = {name}", name, value);
            isLed = true;
        }

        if (before is { } id) Add("id < @before", "@before", id);
        if (filter.Person is { } person) Lead("person", "@person", person);
        if (filter.Device is { } device) Lead("device", "@device", device);
        if (filter.Door is { } door) Add("door = @door", "@door", door);
        if (filter.Kind is { } exact && !exact.EndsWith('*'))
        {
            Lead("kind", "@kind", exact);
        }
        else if (filter.Kind is { Length: > 1 } begin && isLed)
        {
            Add("kind || '' >= @kind", "@kind", begin[..^1]);
            Add("kind || '' < @kind_end", "@kind_end", begin[..^1] + '\uffff');
        }

        // The few alarms of all, and of each device, have indexes of their own.
        if (filter.AlarmsOnly) _terms.Add(filter.Person is null ? "priority = 0" : "priority + 0 = 0");
        // By the clock of the hub: ids bound it already, and this cuts the edges.
        if (filter.From is { } from) Add("received + 0 >= @from", "@from", Moment.Of(from));
        if (filter.Until is { } until) Add("received + 0 < @until", "@until", Moment.Of(until));
    }

    public IReadOnlyList<(string Name, object? Value)> Values => _values;

    public void Add(string sql, string name, object? value)
    {
        _terms.Add(sql);
        _values.Add((name, value));
    }

    public string Where() => _terms.Count == 0 ? "" : $"WHERE {string.Join(" AND ", _terms)}";

    /// <param name="kind">And of this kind only.</param>
    public string Where(string kind)
    {
        var name = $"@kind{_values.Count}";
        _values.Add((name, kind));
        return $"WHERE {string.Join(" AND ", _terms.Append($"kind = {name}"))}";
    }
}
