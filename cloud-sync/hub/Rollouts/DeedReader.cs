using System.Data.Common;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Rollouts;

/// <summary>What devices have done, from what was counted as events came: no event is read again, however many there are.</summary>
static class DeedReader
{
    const int Together = 400;

    /// <summary>What tells of trouble: restarts, cameras, doors and disks.</summary>
    const string Errors =
        "('agent.started', 'camera.lost', 'camera.frozen', 'camera.black', 'camera.looped', 'camera.swapped', 'door.forced', 'door.held-open', 'door.tampered', "
        + "'door.relay-fault', 'door.hardware-fault', 'door.hardware-stalled', 'journal.gap', 'journal.disk-full', 'journal.unwritable', 'cloud.fault', "
        + "'clock.untrusted', 'gallery.refused', 'site.refused')";

    /// <param name="connection">To the database.</param>
    /// <param name="devices">Whose.</param>
    /// <param name="from">In whole hours, by the devices' clocks.</param>
    /// <param name="until">Likewise.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Hours: between the first of which something is known and the end.</returns>
    public static async Task<IReadOnlyDictionary<string, DeedCounts>> ReadAsync(
        DbConnection connection, IEnumerable<string> devices, DateTimeOffset from, DateTimeOffset until, CancellationToken stop)
    {
        var found = new Dictionary<string, DeedCounts>(StringComparer.Ordinal);
        foreach (var some in devices.Chunk(Together))
        {
            var (list, values) = Sql.In(some);
            foreach (var (device, counts) in await connection.ListAsync(
                "SELECT device, CAST(sum(CASE WHEN kind = 'granted' OR kind LIKE 'denied.%' THEN count ELSE 0 END) AS bigint), "
                + "CAST(sum(CASE WHEN kind LIKE 'denied.%' THEN count ELSE 0 END) AS bigint), "
                + $"CAST(sum(CASE WHEN kind IN {Errors} THEN count ELSE 0 END) AS bigint), min(hour) FROM tally "
                + $"WHERE device IN {list} AND hour >= @from AND hour < @until GROUP BY device",
                row => (row.GetString(0), new DeedCounts(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), (until - row.Time(4)).TotalHours)),
                [("@from", Moment.Of(from)), ("@until", Moment.Of(until)), .. values], stop))
            {
                found[device] = counts;
            }
        }

        return found;
    }

    public static DateTimeOffset Hour(DateTimeOffset at) => Moment.Of(Moment.Of(at) / EventSummary.HourMicroseconds * EventSummary.HourMicroseconds);
}
