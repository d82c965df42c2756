using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>Events come in the name of a device that is not believed.</summary>
/// <param name="Device">As the broker lets it call itself.</param>
/// <param name="Events">How many were refused, each as often as it was sent.</param>
/// <param name="First">When the first came.</param>
/// <param name="Last">And the last.</param>
/// <param name="IsRevoked">It was registered once.</param>
sealed record Stranger(string Device, long Events, DateTimeOffset First, DateTimeOffset Last, bool IsRevoked);

/// <summary>
/// Who may report: devices that are registered and not revoked. What others send is neither kept nor receipted, and counted, so that somebody
/// sees it. Of a revoked device that holds for what it says to have happened before, too: the time in an event is the device's own word,
/// and that is what is no longer believed. It keeps what has no receipt; registered again, it brings it.
/// </summary>
static class Strangers
{
    /// <summary>Names that are remembered: whoever speaks under ever new ones fills no table.</summary>
    const int NamesMax = 1_000;

    const int Together = 500;

    static readonly TimeSpan Shown = TimeSpan.FromDays(7);

    /// <summary>Those of the devices whose word counts.</summary>
    public static async Task<HashSet<string>> BelievedAsync(
        DbConnection connection, DbTransaction transaction, IEnumerable<string> devices, CancellationToken stop)
    {
        var believed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in devices.Distinct(StringComparer.Ordinal).Chunk(Together))
        {
            var (list, values) = Sql.In(some);
            believed.UnionWith(await connection.ListAsync(
                $"SELECT name FROM device WHERE name IN {list} AND revoked IS NULL", row => row.GetString(0), values, stop, transaction));
        }

        return believed;
    }

    public static async Task NoteAsync(
        DbConnection connection, DbTransaction transaction, IEnumerable<(string Device, long Events)> refused, long now, CancellationToken stop)
    {
        foreach (var (device, events) in refused.OrderBy(each => each.Device, StringComparer.Ordinal))
        {
            await connection.ExecuteAsync(
                "INSERT INTO stranger (device, events, first, last) SELECT @device, @events, @now, @now "
                + "WHERE EXISTS (SELECT 1 FROM stranger WHERE device = @device) OR (SELECT count(*) FROM stranger) < @most "
                + "ON CONFLICT (device) DO UPDATE SET events = stranger.events + excluded.events, last = excluded.last",
                [("@device", device), ("@events", events), ("@now", now), ("@most", (long)NamesMax)], stop, transaction);
        }
    }

    /// <summary>Those who spoke within a week, the last first.</summary>
    public static Task<List<Stranger>> ListAsync(DbConnection connection, DateTimeOffset now, int count, CancellationToken stop) => connection.ListAsync(
        "SELECT stranger.device, events, first, last, CASE WHEN device.name IS NULL THEN 0 ELSE 1 END FROM stranger LEFT JOIN device ON device.name = stranger.device "
        + "WHERE last > @since ORDER BY last DESC LIMIT @count",
        row => new Stranger(row.GetString(0), row.GetInt64(1), row.Time(2), row.Time(3), row.GetInt64(4) != 0),
        [("@since", Moment.Of(now - Shown)), ("@count", (long)count)], stop);
}
