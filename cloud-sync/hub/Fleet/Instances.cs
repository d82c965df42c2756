using System.Data.Common;
using System.Text;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Fleet;

/// <summary>
/// Which instances of the hub are there. Each counts up a number in its row; an instance whose number stands still for a while, by the
/// looker's own clock, is there no more. So devices have an owner among the living, and one who comes or goes moves
/// only the devices that he gets or had (rendezvous hashing).
/// </summary>
sealed partial class Instances(HubPlace place, IDatabase database, TimeProvider time, ILogger<Instances> logger) : BackgroundService
{
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(2), Silence = TimeSpan.FromSeconds(7), Forgotten = TimeSpan.FromHours(1);

    readonly Dictionary<string, (long Beat, long SeenAt)> _seen = new(StringComparer.Ordinal);
    volatile string[] _living = [place.Instance];

    public IReadOnlyList<string> Living => _living;

    /// <summary>Whether this instance keeps what that device reports. Two may think so for a moment, and none: it is sent again, and kept once.</summary>
    public bool Owns(string device) => OwnerOf(device, _living) == place.Instance;

    /// <summary>The instance of the largest hash together with the device.</summary>
    public static string OwnerOf(string device, IReadOnlyList<string> instances) => instances.MaxBy(instance => Hash(instance, device)) ?? "";

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Beat, time);
        do
        {
            try
            {
                await BeatAsync(stop);
            }
            catch (DbException e)
            {
                LogNoBeat(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            await connection.ExecuteAsync("DELETE FROM instance WHERE name = @name", [("@name", place.Instance)], cancellationToken);
        }
        catch (DbException e)
        {
            LogNoBeat(e.Message);
        }
    }

    public async Task BeatAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "INSERT INTO instance (name, beat) VALUES (@name, 1) ON CONFLICT (name) DO UPDATE SET beat = instance.beat + 1", [("@name", place.Instance)], stop);
        var rows = await connection.ListAsync("SELECT name, beat FROM instance ORDER BY name LIMIT 1000", row => (Name: row.GetString(0), Beat: row.GetInt64(1)), [], stop);
        var now = time.GetTimestamp();
        foreach (var (name, beat) in rows)
            if (!_seen.TryGetValue(name, out var known) || known.Beat != beat) _seen[name] = (beat, now);
        foreach (var gone in _seen.Keys.Except(rows.Select(row => row.Name)).ToArray()) _seen.Remove(gone);
        string[] living = [.. _seen.Where(each => time.GetElapsedTime(each.Value.SeenAt, now) <= Silence).Select(each => each.Key).Order(StringComparer.Ordinal)];
        if (!living.SequenceEqual(_living)) LogLiving(living.Length, living);
        _living = living;
        foreach (var (name, seen) in _seen)
        {
            if (time.GetElapsedTime(seen.SeenAt, now) > Forgotten)
                await connection.ExecuteAsync("DELETE FROM instance WHERE name = @name AND beat = @beat", [("@name", name), ("@beat", seen.Beat)], stop);
        }
    }

    /// <summary>FNV-1a, stirred at the end (as MurmurHash3 does): the same on every machine and in every version.</summary>
    static ulong Hash(string instance, string device)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var letter in Encoding.UTF8.GetBytes($"{instance}/{device}")) hash = (hash ^ letter) * 1_099_511_628_211UL;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }

    [LoggerMessage(EventId = 22010, Level = LogLevel.Warning, Message = "This instance could not say that it is there: {Fault}")]
    partial void LogNoBeat(string fault);

    [LoggerMessage(EventId = 22011, Level = LogLevel.Information, Message = "{Count} instances of the hub are there: {Names}")]
    partial void LogLiving(int count, string[] names);
}
