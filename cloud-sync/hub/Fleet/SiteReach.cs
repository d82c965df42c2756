using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Fleet;

/// <summary>How a device stands to a site: what it is to have, what it has said.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Desired">Version of the settings that it is to have; 0: its own file.</param>
/// <param name="Applied">That it has reported.</param>
/// <param name="Code">Why it refuses; null: it does not.</param>
/// <param name="Faults">In its words.</param>
/// <param name="DesiredSite">The document that it is to have.</param>
/// <param name="AppliedSite">The one that it has said to have in force; null: its own file, or it has not said.</param>
/// <param name="IsOnline">As it said last.</param>
/// <param name="Doors">That it has reported of.</param>
sealed record SiteReach(
    string Device, long Desired, long? Applied, string? Code, string? Faults, string? DesiredSite, string? AppliedSite, bool IsOnline, IReadOnlyList<string> Doors);

/// <summary>Reads it, of many devices at once.</summary>
sealed class SiteReaches(IDatabase database)
{
    /// <param name="names">Null: of all that are not revoked.</param>
    /// <param name="after">The last of the page before; "": the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<SiteReach>> ListAsync(IReadOnlyCollection<string>? names, string after, int count, CancellationToken stop)
    {
        if (names is { Count: 0 }) return [];

        await using var connection = await database.OpenAsync(stop);
        var (list, values) = names is null ? ("", []) : Sql.In(names.Take(count));
        var devices = await connection.ListAsync(
            "SELECT name, desired, applied, settings_code, settings_faults, desired_site, applied_site, status FROM device WHERE revoked IS NULL AND name > @after "
            + $"{(names is null ? "" : $"AND name IN {list} ")}ORDER BY name LIMIT @count", Read,
            [("@after", after), ("@count", (long)count), .. values], stop);
        if (devices.Count == 0) return devices;

        // What a camera says has a row of its name, too: a door is what decides or moves.
        var (own, of) = Sql.In(devices.Select(device => device.Device));
        var doors = (await connection.ListAsync(
            $"SELECT device, name FROM door WHERE forgotten = 0 AND (kind IS NOT NULL OR state IS NOT NULL) AND device IN {own} ORDER BY name",
            row => (Device: row.GetString(0), Door: row.GetString(1)), of, stop)).ToLookup(row => row.Device, row => row.Door, StringComparer.Ordinal);
        return [.. devices.Select(device => device with { Doors = [.. doors[device.Device]] })];
    }

    static SiteReach Read(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.Long(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.GetString(7) == "online", []);
}
