using System.Data.Common;
using System.Globalization;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Fleet;

/// <summary>A device as the hub knows it.</summary>
/// <param name="Name">As in topics.</param>
/// <param name="Key">Its own, which signs its journal.</param>
/// <param name="SealingKey">To which pushes are sealed; null before it has said who it is.</param>
/// <param name="Model">Whose embeddings it compares; likewise.</param>
/// <param name="Registered">When.</param>
/// <param name="Revoked">From when on nothing of it is believed; null: it is.</param>
/// <param name="IsOnline">As it, or the broker for it, said last; not signed.</param>
/// <param name="StatusAt">When the hub heard that.</param>
/// <param name="Gallery">Which it takes.</param>
/// <param name="Version">In force there.</param>
/// <param name="Content">Its; null: none.</param>
/// <param name="People">How many.</param>
/// <param name="ReportedAt">When the hub heard that.</param>
/// <param name="Refusal">Why it refuses the newest push, in words; null: it does not.</param>
/// <param name="Desired">Version of the settings that it is to have; 0: its own.</param>
/// <param name="Applied">That it has.</param>
/// <param name="SettingsCode">Why it refuses some; null: it does not.</param>
/// <param name="SettingsFaults">In words.</param>
/// <param name="EventAt">When the last new event came.</param>
/// <param name="Conflicts">Events under numbers that were taken.</param>
/// <param name="Missing">Numbers that never came.</param>
/// <param name="Agent">Version of its program; null before it has said it.</param>
/// <param name="LeftOut">People whose faces its doors do not search, since there are too many.</param>
/// <param name="Trust">Version of its set of trusted keys; null before it has said it.</param>
sealed record Device(
    string Name, byte[] Key, byte[]? SealingKey, string? Model, DateTimeOffset Registered, DateTimeOffset? Revoked, bool IsOnline,
    DateTimeOffset? StatusAt, string? Gallery, long Version, byte[]? Content, long People, DateTimeOffset? ReportedAt, string? Refusal,
    long Desired, long? Applied, string? SettingsCode, string? SettingsFaults, DateTimeOffset? EventAt, long Conflicts, long Missing,
    string? Agent, long LeftOut, long? Trust)
{
    public const string Columns =
        "name, spki, sealing, model, registered, revoked, status, status_at, gallery, version, content, people, reported_at, refusal, "
        + "desired, applied, settings_code, settings_faults, event_at, conflicts, missing, agent, left_out, trust";

    public static Device Read(DbDataReader row) => new(
        row.GetString(0), row.GetFieldValue<byte[]>(1), row.Bytes(2), row.Text(3), row.Time(4), row.TimeOrNull(5), row.GetString(6) == "online",
        row.TimeOrNull(7), row.Text(8), row.GetInt64(9), row.Bytes(10), row.GetInt64(11), row.TimeOrNull(12), row.Text(13), row.GetInt64(14), row.Long(15),
        row.Text(16), row.Text(17), row.TimeOrNull(18), row.GetInt64(19), row.GetInt64(20), row.Text(21), row.GetInt64(22), row.Long(23));

    public VerifyingKey VerifyingKey => new(Key);
}

/// <summary>Something that a device said of itself, as the change of its row.</summary>
sealed record DeviceWord(string Device, string Sql, (string Name, object? Value)[] Values)
{
    const int AgentLettersMax = 64;

    /// <summary>With what every statement may name: no statement is given a value that it does not.</summary>
    public (string Name, object? Value)[] All(long now) =>
        Sql.Contains("@now", StringComparison.Ordinal) ? [.. Values, ("@name", Device), ("@now", now)] : [.. Values, ("@name", Device)];

    public static DeviceWord Of(string device, bool isOnline) =>
        new(device, "UPDATE device SET status = @status, status_at = @now WHERE name = @name", [("@status", isOnline ? "online" : "offline")]);

    public static DeviceWord Of(DeviceIdentity identity) => new(
        identity.Device, "UPDATE device SET sealing = @sealing, model = @model, trust = @trust, agent = @agent WHERE name = @name AND revoked IS NULL",
        [("@sealing", identity.SealingKey), ("@model", identity.Model), ("@trust", identity.Trust), ("@agent", identity.Agent is { Length: > AgentLettersMax } text ? text[..AgentLettersMax] : identity.Agent)]);

    public static DeviceWord Of(string device, GalleryReport report)
    {
        var refused = report.Refused.LastOrDefault();
        return new DeviceWord(
            device,
            "UPDATE device SET version = @version, content = @content, people = @people, left_out = @left, reported_at = @now, "
            + "refusal_code = @code, refusal = @refusal WHERE name = @name AND gallery = @gallery",
            [
                ("@gallery", report.Gallery), ("@version", report.Version), ("@content", report.Content), ("@people", (long)report.People),
                ("@left", (long)report.LeftOut),
                ("@code", refused?.Code), ("@refusal", refused is null ? null : $"{refused.Code}: {refused.Message}"),
            ]);
    }

    /// <summary>Which gallery a device takes says the hub; a report is not signed, and could move it into another one.</summary>
    public static DeviceWord OfOther(string device, GalleryReport report) => new(
        device, "UPDATE device SET reported_at = @now, refusal_code = 'wrong-gallery', refusal = @refusal WHERE name = @name",
        [("@refusal", $"wrong-gallery: it reports the gallery {report.Gallery}, which the hub has not given to it; set its profile right, or provision it anew.")]);

    public static DeviceWord Of(string device, SettingsReport report) => new(
        device, "UPDATE device SET applied = @applied, settings_refused = @refused, settings_code = @code, settings_faults = @faults, "
        + "applied_site = CASE WHEN desired = @applied THEN desired_site ELSE applied_site END WHERE name = @name",
        [("@applied", report.Applied), ("@refused", report.Refused), ("@code", report.Code), ("@faults", report.Faults is null ? null : string.Join("\n", report.Faults))]);
}

/// <summary>The devices, and what each has said of itself.</summary>
sealed class DeviceStore(IDatabase database, TimeProvider time)
{
    const int FindMax = 500;

    /// <summary>The hub's own broker begins: nobody is connected to it.</summary>
    public async Task AllGoneAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("UPDATE device SET status = 'offline', status_at = @now WHERE status = 'online'", [("@now", time.Now())], stop);
    }

    public async Task<Device?> FindAsync(string name, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"SELECT {Device.Columns} FROM device WHERE name = @name", Device.Read, [("@name", name)], stop);
    }

    /// <param name="after">Of the last page, its last name; "" for the first.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<Device>> ListAsync(string after, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Device.Columns} FROM device WHERE name > @after ORDER BY name LIMIT @count", Device.Read,
            [("@after", after), ("@count", (long)count)], stop);
    }

    /// <summary>A device's key is believed from now on; one that was registered before under that name is another one then.</summary>
    public async Task RegisterAsync(DbConnection connection, DbTransaction transaction, string name, byte[] key, string gallery, CancellationToken stop)
    {
        await connection.ExecuteAsync(
            "INSERT INTO device (name, spki, registered, gallery, began) VALUES (@name, @key, @now, @gallery, @now) ON CONFLICT (name) DO UPDATE SET "
            + "spki = excluded.spki, registered = excluded.registered, revoked = NULL, sealing = NULL, gallery = excluded.gallery, version = 0, content = NULL, left_out = 0",
            [("@name", name), ("@key", key), ("@now", time.Now()), ("@gallery", gallery)], stop, transaction);
        await connection.ExecuteAsync("DELETE FROM stranger WHERE device = @name", [("@name", name)], stop, transaction);
    }

    /// <summary>Nothing of it is believed any more, and nothing is sealed to it.</summary>
    /// <returns>False: there is none of that name.</returns>
    public async Task<bool> RevokeAsync(DbConnection connection, DbTransaction transaction, string name, CancellationToken stop) =>
        await connection.ExecuteAsync(
            "UPDATE device SET revoked = coalesce(revoked, @now), sealing = NULL WHERE name = @name", [("@name", name), ("@now", time.Now())], stop, transaction) > 0;

    /// <summary>A version is on its way to these, who may have had everybody of it from now on; to be called before it is sent.</summary>
    public async Task SentAsync(IEnumerable<string> names, long version, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        foreach (var some in names.Order(StringComparer.Ordinal).Chunk(FindMax))
        {
            var (list, values) = Sql.In(some);
            await connection.ExecuteAsync($"UPDATE device SET sent = @version WHERE name IN {list} AND sent < @version", [.. values, ("@version", version)], stop);
        }
    }

    public async Task<IReadOnlyDictionary<string, Device>> FindAsync(IReadOnlyCollection<string> names, CancellationToken stop)
    {
        var found = new Dictionary<string, Device>(StringComparer.Ordinal);
        if (names.Count == 0) return found;

        await using var connection = await database.OpenAsync(stop);
        foreach (var some in names.Chunk(FindMax))
        {
            var (list, values) = Sql.In(some);
            foreach (var device in await connection.ListAsync($"SELECT {Device.Columns} FROM device WHERE name IN {list}", Device.Read, values, stop))
                found[device.Name] = device;
        }

        return found;
    }

    /// <summary>
    /// What devices said of themselves, in one transaction: of each device in the order given, the devices in the order of their
    /// names, so that instances that hear the same never wait for each other in a circle.
    /// </summary>
    public async Task WriteAsync(IEnumerable<DeviceWord> words, CancellationToken stop)
    {
        var ordered = words.OrderBy(word => word.Device, StringComparer.Ordinal).ToArray();
        if (ordered.Length == 0) return;

        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteEachAsync(ordered.Select(word => (word.Sql, word.All(time.Now()))), transaction, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>The site document that a device is to have, under the next version.</summary>
    /// <returns>That version; 0: there is no such device, or it is to have another version than <paramref name="seen"/>.</returns>
    public async Task<long> DesireAsync(string name, string site, CancellationToken stop, long? seen = null, Doer? by = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var version = await connection.NumberAsync(
            "UPDATE device SET desired = CASE WHEN coalesce(applied, 0) > desired THEN applied ELSE desired END + 1, desired_site = @site "
            + "WHERE name = @name AND (@seen < 0 OR desired = @seen) RETURNING desired", [("@name", name), ("@site", site), ("@seen", seen ?? -1)], stop, transaction);
        if (version > 0 && by is not null)
            await (by with { Detail = $"{by.Detail}version {version.ToString(CultureInfo.InvariantCulture)}" }).WriteAsync(connection, transaction, "device.settings", name, stop);
        await transaction.CommitAsync(stop);
        return version;
    }

    /// <summary>Null: it is to keep its own.</summary>
    public async Task<string?> DesiredSiteAsync(string name, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            "SELECT desired_site FROM device WHERE name = @name AND desired_site IS NOT NULL", row => row.GetString(0), [("@name", name)], stop);
    }
}
