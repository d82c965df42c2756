using System.Data.Common;
using System.Text.Json;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>An event as pages and exports read it.</summary>
/// <param name="Id">In the order of arrival.</param>
/// <param name="Device">Whose.</param>
/// <param name="Boot">See <see cref="Wire.EventKey"/>.</param>
/// <param name="Seq">Likewise.</param>
/// <param name="At">By the device's clock.</param>
/// <param name="Received">By the hub's.</param>
/// <param name="Priority">0 alarm, 1 access, 2 telemetry.</param>
/// <param name="Kind">As "granted".</param>
/// <param name="Door">Null: at none.</param>
/// <param name="Person">Random id; null: nobody.</param>
/// <param name="Reason">Code.</param>
/// <param name="Body">The whole event, JSON.</param>
sealed record SeenEvent(
    long Id, string Device, long Boot, long Seq, DateTimeOffset At, DateTimeOffset Received, int Priority, string Kind, string? Door, string? Person,
    string? Reason, string Body)
{
    public const string Columns = "id, device, boot, seq, at, received, priority, kind, door, person, reason, body";

    JsonElement Data => JsonElement.Parse(Body).GetProperty("data");

    public double? Value => Number("value");

    public double? Limit => Number("limit");

    /// <summary>What to do, or what happened, in the device's own words.</summary>
    public string? Remedy => Data.TryGetProperty("remedy", out var text) ? text.GetString() : null;

    /// <summary>What else was measured, by name.</summary>
    public IReadOnlyList<(string Name, string Value)> More => !Data.TryGetProperty("more", out var more) ? []
        : [.. more.EnumerateObject().Select(each => (each.Name, each.Value.GetString() ?? ""))];

    public static SeenEvent Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.Time(4), row.Time(5), (int)row.GetInt64(6), row.GetString(7), row.Text(8),
        row.Text(9), row.Text(10), row.GetString(11));

    double? Number(string name) => Data.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDouble() : null;
}
