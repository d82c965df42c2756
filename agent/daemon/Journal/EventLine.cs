using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeFace.Documents;
using EdgeFace.Matching;

namespace EdgeFace.Journal;

/// <summary>An event as it is read, its number with it.</summary>
sealed record JournalEntry(EventId Id, AccessEvent What)
{
    /// <summary>One line for people: when, which, what, where, who, why.</summary>
    public override string ToString()
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{What.At.ToLocalTime():yyyy-MM-dd HH:mm:ss.fff} {Id.Boot}/{Id.Seq} {What.Kind}");
        if (What.Priority is EventPriority.Alarm) line.Append(" ALARM");
        if (What.Door is not null) line.Append(CultureInfo.InvariantCulture, $" door={What.Door}");
        if (What.Camera is not null) line.Append(CultureInfo.InvariantCulture, $" camera={What.Camera}");
        if (What.Subject is not null) line.Append(CultureInfo.InvariantCulture, $" subject={What.Subject}");
        if (What.Reason is not null) line.Append(CultureInfo.InvariantCulture, $" reason={What.Reason}");
        if (What.Value is not null) line.Append(CultureInfo.InvariantCulture, $" value={What.Value:0.####}");
        if (What.Limit is not null) line.Append(CultureInfo.InvariantCulture, $" limit={What.Limit:0.####}");
        foreach (var (key, value) in What.More ?? new Dictionary<string, string>())
            line.Append(CultureInfo.InvariantCulture, $" {key}={value}");
        if (What.Remedy is not null) line.Append(CultureInfo.InvariantCulture, $": {What.Remedy}");
        return line.ToString();
    }

    /// <summary>One JSON object; the keys are those of <see cref="EventLine"/> in snake_case, nulls written.</summary>
    public string ToJson() => JsonSerializer.Serialize(EventLine.Of(this), JournalJson.Lines.EventLine);
}

/// <summary>An event as a JSON object.</summary>
sealed record EventLine(
    string Device,
    long Boot,
    long Seq,
    DateTimeOffset At,
    string Kind,
    string? Door,
    string? Camera,
    string? Subject,
    string? Reason,
    double? Value,
    double? Limit,
    string? Remedy,
    string Priority,
    IReadOnlyDictionary<string, string>? More)
{
    public static EventLine Of(JournalEntry entry)
    {
        var (id, what) = entry;
        return new EventLine(
            id.Device, id.Boot, id.Seq, what.At, what.Kind, what.Door, what.Camera, what.Subject?.ToString(), what.Reason,
            Finite(what.Value), Finite(what.Limit), what.Remedy,
            Words.Snake(what.Priority), what.More);
    }

    /// <exception cref="FormatException">A word of it is none of ours.</exception>
    public JournalEntry ToEntry() => new(new EventId(Device, Boot, Seq), new AccessEvent(
        Kind, At, Door, Camera, Subject is null ? null : SubjectId.Parse(Subject), Reason, Value, Limit, Remedy,
        Enum.TryParse<EventPriority>(Priority, ignoreCase: true, out var priority) ? priority
            : throw new FormatException($"There is no priority '{Priority}'."), More));

    /// <summary>JSON knows no infinity.</summary>
    static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
