using System.Globalization;
using EdgeFace.Hub.Intake;

namespace EdgeFace.Hub.Pages;

/// <summary>What somebody asked of the list of events, as it stands in the address: never a name.</summary>
sealed record EventQuery(EventFilter Filter, long? Before)
{
    const int TextMax = 128;

    public static EventQuery Of(IQueryCollection query)
    {
        string? Text(string name) => query[name].ToString().Trim() is { Length: > 0 and <= TextMax } text ? text : null;
        DateTimeOffset? Time(string name) =>
            DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;

        return new EventQuery(
            new EventFilter(Text("device"), Text("door"), Text("person"), Text("kind"), Text("alarms") is not null, Time("from"), Time("until")),
            long.TryParse(Text("before"), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null);
    }

    /// <summary>Everything but the place in the list, as the end of an address; "" for nothing.</summary>
    public string Address(long? before = null, bool withPerson = true)
    {
        List<string> parts = [];
        void Add(string name, string? value)
        {
            if (value is not null) parts.Add($"{name}={Uri.EscapeDataString(value)}");
        }

        Add("device", Filter.Device);
        Add("door", Filter.Door);
        if (withPerson) Add("person", Filter.Person);
        Add("kind", Filter.Kind);
        Add("alarms", Filter.AlarmsOnly ? "1" : null);
        Add("from", Local(Filter.From));
        Add("until", Local(Filter.Until));
        Add("before", before?.ToString(CultureInfo.InvariantCulture));
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    /// <summary>As a field of a form takes it.</summary>
    public static string? Local(DateTimeOffset? at) => at?.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    public bool IsAll => Filter == new EventFilter();
}
