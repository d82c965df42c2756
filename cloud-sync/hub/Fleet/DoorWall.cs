using System.Data.Common;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Fleet;

/// <summary>A door as it was last heard of.</summary>
/// <param name="Device">At which device.</param>
/// <param name="Name">Its own.</param>
/// <param name="Decision">The last one's kind, as "denied.spoof"; null: none yet.</param>
/// <param name="DecisionAt">When, by the device's clock.</param>
/// <param name="Person">Who was last known there; random id.</param>
/// <param name="PersonAt">When.</param>
/// <param name="Reason">Code of the last decision.</param>
/// <param name="Latency">Of it, from the picture to the relay, in ms.</param>
/// <param name="Liveness">Its verdict, as "live"; null: nobody looked.</param>
/// <param name="State">As "locked"; null: it has not said.</param>
/// <param name="StateAt">When.</param>
/// <param name="Camera">What a camera there said last, as "lost"; null: nothing.</param>
/// <param name="Lockdown">Locked against everybody.</param>
/// <param name="LockedOutUntil">After failed tries it takes no face until then; null: there was never such a thing.</param>
/// <param name="IsOnline">The device.</param>
/// <param name="StatusAt">When that was heard.</param>
/// <param name="Bolt">"locked" or "unlocked", whatever else it said since; null: it has not said.</param>
/// <param name="IsCalibrated">Whether its liveness limit was measured at its camera; null: it has not said.</param>
sealed record DoorView(
    string Device, string Name, string? Decision, DateTimeOffset? DecisionAt, string? Person, DateTimeOffset? PersonAt, string? Reason, double? Latency,
    string? Liveness, string? State, DateTimeOffset? StateAt, string? Camera, bool Lockdown, DateTimeOffset? LockedOutUntil, bool IsOnline, DateTimeOffset? StatusAt,
    string? Bolt, bool? IsCalibrated)
{
    /// <summary>Somebody has to look.</summary>
    public bool IsAlarm => State is "forced" or "held-open" or "tampered" or "fire" or "relay-fault" or "hardware-fault" or "hardware-stalled" || IsCameraBad;

    /// <summary>How long it takes no face yet after failed tries; null: it does.</summary>
    public TimeSpan? LockedOutFor(DateTimeOffset now) => LockedOutUntil - now is { Ticks: > 0 } left ? left : null;

    public bool IsCameraBad => Camera is "lost" or "frozen" or "black" or "looped" or "swapped";
}

/// <summary>How many devices and doors are how.</summary>
/// <param name="Online">Devices.</param>
/// <param name="Offline">Devices that were there once.</param>
/// <param name="Awaited">Devices that are registered and were never there.</param>
/// <param name="Doors">All of devices that are not revoked.</param>
/// <param name="Alarms">Doors where somebody has to look.</param>
/// <param name="Lockouts">Doors that take no face for a while after failed tries.</param>
/// <param name="Lockdowns">Doors that are locked against everybody.</param>
/// <param name="Versions">Devices by gallery and its version in force there, the newest first.</param>
/// <param name="Agents">Devices by the version of their program, "" where they have not said it, the most frequent first.</param>
/// <param name="Troubled">Devices that refuse a push or settings, that leave people out, or whose numbers conflict.</param>
sealed record FleetFigures(
    long Online, long Offline, long Awaited, long Doors, long Alarms, long Lockouts, long Lockdowns, IReadOnlyList<(string Gallery, long Version, long Devices)> Versions,
    IReadOnlyList<(string Version, long Devices)> Agents, long Troubled)
{
    public static readonly FleetFigures None = new(0, 0, 0, 0, 0, 0, 0, [], [], 0);
}

/// <summary>All doors at a glance: a row each, kept as events come.</summary>
sealed class DoorWall(IDatabase database, TimeProvider time)
{
    const string All = "FROM door JOIN device ON device.name = door.device WHERE device.revoked IS NULL";

    const string From = All + " AND door.forgotten = 0";

    const string Columns =
        "door.device, door.name, door.kind, door.kind_at, door.person, door.person_at, door.reason, door.latency, door.liveness, door.state, door.state_at, "
        + "door.camera, door.lockdown, door.lockout_until, device.status, device.status_at, door.bolt, door.calibrated";

    /// <param name="device">Null: of all.</param>
    /// <param name="after">The last door of the page before; null: the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<DoorView>> ListAsync(string? device, (string Device, string Door)? after, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Columns} {From} {(device is null ? "" : "AND door.device = @device ")}"
            + "AND (door.device > @after_device OR (door.device = @after_device AND door.name > @after_door)) ORDER BY door.device, door.name LIMIT @count",
            Read,
            [("@device", device ?? ""), ("@after_device", after?.Device ?? ""), ("@after_door", after?.Door ?? ""), ("@count", (long)count)], stop);
    }

    public async Task<DoorView?> FindAsync(string device, string door, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            $"SELECT {Columns} {All} AND door.device = @device AND door.name = @door", Read, [("@device", device), ("@door", door)], stop);
    }

    /// <summary>
    /// Off the wall, as one that its device no longer has. What is known of it stays, so that its next event brings it back as it stands:
    /// in lockdown, say. It can be ordered meanwhile. False: there is none, or it is off already.
    /// </summary>
    public async Task<bool> ForgetAsync(string device, string door, Doer by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (await connection.ExecuteAsync("UPDATE door SET forgotten = 1 WHERE device = @device AND name = @door AND forgotten = 0", [("@device", device), ("@door", door)], stop, transaction) == 0) return false;

        await by.WriteAsync(connection, transaction, "door.forget", $"{device}/{door}", stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    public async Task<FleetFigures> FiguresAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        Task<long> CountAsync(string sql) => connection.NumberAsync(sql, [], stop);
        return new FleetFigures(
            await CountAsync("SELECT count(*) FROM device WHERE revoked IS NULL AND status = 'online'"),
            await CountAsync("SELECT count(*) FROM device WHERE revoked IS NULL AND status <> 'online' AND status_at IS NOT NULL"),
            await CountAsync("SELECT count(*) FROM device WHERE revoked IS NULL AND status <> 'online' AND status_at IS NULL"),
            await CountAsync($"SELECT count(*) {From}"),
            await CountAsync(
                $"SELECT count(*) {From} AND (door.state IN ('forced', 'held-open', 'tampered', 'fire', 'relay-fault', 'hardware-fault', 'hardware-stalled') "
                + "OR door.camera IN ('lost', 'frozen', 'black', 'looped', 'swapped'))"),
            await connection.NumberAsync($"SELECT count(*) {From} AND door.lockout_until > @now", [("@now", time.Now())], stop),
            await CountAsync($"SELECT count(*) {From} AND door.lockdown = 1"),
            await connection.ListAsync(
                "SELECT coalesce(gallery, ''), version, count(*) FROM device WHERE revoked IS NULL GROUP BY gallery, version ORDER BY gallery, version DESC LIMIT 50",
                row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2)), [], stop),
            await connection.ListAsync(
                "SELECT coalesce(agent, ''), count(*) FROM device WHERE revoked IS NULL GROUP BY agent ORDER BY count(*) DESC, agent LIMIT 8",
                row => (row.GetString(0), row.GetInt64(1)), [], stop),
            await CountAsync("SELECT count(*) FROM device WHERE revoked IS NULL AND (refusal IS NOT NULL OR left_out > 0 OR settings_code IS NOT NULL OR conflicts > 0)"));
    }

    static DoorView Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.Text(2), row.TimeOrNull(3), row.Text(4), row.TimeOrNull(5), row.Text(6),
        row.IsDBNull(7) ? null : row.GetDouble(7), row.Text(8), row.Text(9), row.TimeOrNull(10), row.Text(11), row.GetInt64(12) == 1,
        row.TimeOrNull(13), row.GetString(14) == "online", row.TimeOrNull(15), row.Text(16), row.Long(17) is { } said ? said == 1 : null);
}
