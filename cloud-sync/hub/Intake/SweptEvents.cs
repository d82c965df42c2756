using System.Data.Common;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// Numbers whose events were here and were taken away for their age: no holes, and no news when a device sends them once more. A device has few
/// ranges, since neighbours are joined.
/// </summary>
static class SweptEvents
{
    const int Together = 500;

    public static Task<List<SeqRange>> OfAsync(DbConnection connection, string device, CancellationToken stop, DbTransaction? transaction = null) => connection.ListAsync(
        "SELECT boot, first, last FROM swept WHERE device = @device ORDER BY boot, first",
        row => new SeqRange(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), [("@device", device)], stop, transaction);

    /// <summary>Remembers more of them.</summary>
    public static async Task AddAsync(DbConnection connection, DbTransaction transaction, string device, IEnumerable<EventKey> keys, CancellationToken stop)
    {
        var joined = Joined((await OfAsync(connection, device, stop, transaction)).Concat(SeqRange.Of(keys)));
        await connection.ExecuteAsync("DELETE FROM swept WHERE device = @device", [("@device", device)], stop, transaction);
        await connection.WriteAsync(
            "INSERT INTO swept (device, boot, first, last)", "", [.. joined.Select(range => (object?[])[device, range.Boot, range.From, range.To])], stop, transaction);
        await connection.ExecuteAsync(
            "UPDATE device SET swept = @last WHERE name = @device AND swept < @last", [("@device", device), ("@last", joined.Max(range => range.To))], stop, transaction);
    }

    /// <summary>
    /// Which of the events that were just kept had been here before. Asked behind the insertion and within its transaction: one that
    /// waited for the sweep to be committed sees what that has remembered.
    /// </summary>
    public static async Task<IReadOnlyList<EventKey>> AmongAsync(
        DbConnection connection, DbTransaction transaction, string device, IReadOnlyList<EventKey> kept, CancellationToken stop)
    {
        var ranges = await OfAsync(connection, device, stop, transaction);
        return [.. kept.Where(key => ranges.Any(range => range.Holds(key)))];
    }

    /// <summary>Devices of which something was taken away up to so high a number that it may be among these.</summary>
    public static async Task<HashSet<string>> MayHoldAsync(
        DbConnection connection, DbTransaction transaction, IEnumerable<IGrouping<string, long>> kept, CancellationToken stop)
    {
        var lowest = kept.ToDictionary(device => device.Key, device => device.Min(), StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in lowest.Keys.Chunk(Together))
        {
            var (list, values) = Sql.In(some);
            foreach (var (device, last) in await connection.ListAsync(
                $"SELECT name, swept FROM device WHERE name IN {list} AND swept > 0", row => (row.GetString(0), row.GetInt64(1)), values, stop, transaction))
            {
                if (last >= lowest[device]) found.Add(device);
            }
        }

        return found;
    }

    /// <summary>The fewest ranges that hold the same numbers.</summary>
    public static IReadOnlyList<SeqRange> Joined(IEnumerable<SeqRange> ranges)
    {
        List<SeqRange> joined = [];
        foreach (var range in ranges.OrderBy(range => range.Boot).ThenBy(range => range.From))
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Boot == range.Boot && range.From <= last.To + 1)
                joined[^1] = last with { To = Math.Max(last.To, range.To) };
            else joined.Add(range);
        }

        return joined;
    }
}
