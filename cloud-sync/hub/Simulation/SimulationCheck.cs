using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Simulation;

/// <summary>What the database holds of a run.</summary>
/// <param name="Kept">Rows.</param>
/// <param name="Missing">Numbers that devices gave and that are not there.</param>
/// <param name="Double">Rows under a number that another row has.</param>
/// <param name="Counted">How often an event of these devices was counted, in all runs; as many as there are rows of theirs.</param>
/// <param name="Conflicts">Other events under numbers that were taken.</param>
sealed record SimulationCheck(long Kept, long Missing, long Double, string Counted, long Conflicts)
{
    /// <summary>Every event is there, and once.</summary>
    public bool IsWhole => Missing == 0 && Double == 0;

    /// <param name="database">The hub's.</param>
    /// <param name="devices">As they are after the run, with the events of it.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<SimulationCheck> CountAsync(IDatabase database, IReadOnlyList<(FleetDevice Device, long Made)> devices, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        long kept = 0, missing = 0, twice = 0, counted = 0, rows = 0, conflicts = 0;
        foreach (var (device, made) in devices)
        {
            (string, object?)[] of = [("@device", device.Name), ("@boot", device.Boot), ("@first", device.Seq - made + 1), ("@last", device.Seq)];
            var own = await connection.NumberAsync("SELECT count(*) FROM event WHERE device = @device AND boot = @boot AND seq >= @first AND seq <= @last", of, stop);
            var distinct = await connection.NumberAsync(
                "SELECT count(DISTINCT seq) FROM event WHERE device = @device AND boot = @boot AND seq >= @first AND seq <= @last", of, stop);
            (kept, missing, twice) = (kept + own, missing + made - distinct, twice + own - distinct);
            counted += await connection.NumberAsync("SELECT sum(count) FROM tally WHERE device = @device", of[..1], stop);
            rows += await connection.NumberAsync("SELECT count(*) FROM event WHERE device = @device", of[..1], stop);
            conflicts += await connection.NumberAsync("SELECT count(*) FROM conflict WHERE device = @device", of[..1], stop);
        }

        return new SimulationCheck(kept, missing, twice, $"{counted} for {rows} rows", conflicts);
    }
}
