using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>How often something happened in one hour, at all doors.</summary>
sealed record HourTotal(DateTimeOffset Hour, string Kind, long Count);

/// <summary>What was counted as events came, for charts: as many rows as there are hours and kinds, however many events.</summary>
static class EventTotals
{
    public static Task<List<HourTotal>> ByHourAsync(DbConnection connection, DateTimeOffset from, CancellationToken stop) => connection.ListAsync(
        "SELECT hour, kind, CAST(sum(count) AS bigint) FROM total WHERE hour >= @from GROUP BY hour, kind ORDER BY hour, kind",
        row => new HourTotal(row.Time(0), row.GetString(1), row.GetInt64(2)), [("@from", Moment.Of(from))], stop);

    /// <summary>The same of one device.</summary>
    public static Task<List<HourTotal>> ByHourAsync(DbConnection connection, string device, DateTimeOffset from, CancellationToken stop) => connection.ListAsync(
        "SELECT hour, kind, count FROM tally WHERE device = @device AND hour >= @from ORDER BY hour, kind",
        row => new HourTotal(row.Time(0), row.GetString(1), row.GetInt64(2)), [("@device", device), ("@from", Moment.Of(from))], stop);

    /// <summary>How many openings fell into each of <see cref="EventSummary.LatencyClasses"/>, and above the last.</summary>
    public static async Task<long[]> SwiftnessAsync(DbConnection connection, DateTimeOffset from, CancellationToken stop)
    {
        var counts = new long[EventSummary.LatencyClasses.Length + 1];
        foreach (var (bucket, count) in await connection.ListAsync(
            "SELECT bucket, CAST(sum(count) AS bigint) FROM swiftness WHERE hour >= @from GROUP BY bucket",
            row => (row.GetInt64(0), row.GetInt64(1)), [("@from", Moment.Of(from))], stop))
        {
            if (bucket >= 0 && bucket < counts.Length) counts[bucket] = count;
        }

        return counts;
    }
}
