using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Rollouts;

/// <summary>What an operator wants to roll out.</summary>
/// <param name="Title">For people.</param>
/// <param name="Site">The document.</param>
/// <param name="Stages">As <see cref="RolloutStage.Parse"/> reads them.</param>
/// <param name="SoakMinutes">Of each stage.</param>
/// <param name="Devices">Null: all that are not revoked.</param>
/// <param name="First">Those of them that come first, in this order.</param>
/// <param name="Rule">When it halts by itself.</param>
sealed record RolloutWish(
    string Title, string Site, string Stages, double SoakMinutes, IReadOnlyList<string>? Devices, IReadOnlyList<string> First, HaltRule Rule);

/// <summary>Roll-outs, and which device of each is how far.</summary>
sealed class RolloutStore(IDatabase database, TimeProvider time)
{
    const int ListMax = 200, TitleMax = 100;

    public async Task<IReadOnlyList<Rollout>> ListAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"SELECT {Rollout.Columns} FROM rollout ORDER BY created DESC LIMIT @count", Rollout.Read, [("@count", (long)ListMax)], stop);
    }

    /// <summary>Those that somebody, or the loop, still has to do with.</summary>
    public async Task<IReadOnlyList<Rollout>> OpenAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"SELECT {Rollout.Columns} FROM rollout WHERE ended IS NULL ORDER BY created LIMIT @count", Rollout.Read, [("@count", (long)ListMax)], stop);
    }

    public async Task<Rollout?> FindAsync(string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"SELECT {Rollout.Columns} FROM rollout WHERE id = @id", Rollout.Read, [("@id", id)], stop);
    }

    public async Task<IReadOnlyList<RolloutDevice>> DevicesAsync(string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {RolloutDevice.Columns} FROM rollout_device r JOIN device d ON d.name = r.device WHERE r.rollout = @id ORDER BY r.stage, r.device",
            RolloutDevice.Read, [("@id", id)], stop);
    }

    /// <summary>Begins it: the loop does the rest.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="FormatException">It cannot be; the message says why, and what to do.</exception>
    public async Task<string> BeginAsync(RolloutWish wish, Doer by, CancellationToken stop)
    {
        if (wish.Title.Trim().Length is < 1 or > TitleMax) throw new FormatException($"A roll-out has a title of 1 to {TitleMax} characters; this has {wish.Title.Trim().Length}.");
        if (wish.Rule.Faults().ToArray() is { Length: > 0 } wrong) throw new FormatException(string.Join(" ", wrong));
        if (SiteDraft.Check(wish.Site).Faults is [var fault, ..]) throw new FormatException($"A device would refuse the document: {fault.Path}: {fault.What}.");

        var site = SettingsDesk.Checked(wish.Site);
        await using var connection = await database.OpenAsync(stop);
        var all = (await connection.ListAsync(
            "SELECT name, status FROM device WHERE revoked IS NULL ORDER BY name", row => (Name: row.GetString(0), IsOnline: row.GetString(1) == "online"), [], stop))
            .ToDictionary(device => device.Name, device => device.IsOnline, StringComparer.Ordinal);
        if ((wish.Devices ?? []).Concat(wish.First).Where(name => !all.ContainsKey(name)).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } strange)
            throw new FormatException($"There is no such device, or it is revoked: {string.Join(", ", strange)}.");

        var (id, now) = (Guid.NewGuid().ToString("N"), time.GetUtcNow());
        var order = Ordered(wish.Devices ?? [.. all.Keys], wish.First, id);
        if (order.Count == 0) throw new FormatException("There is no device to roll out to.");

        var stages = RolloutStage.Parse(wish.Stages, wish.SoakMinutes, order.Count);
        var hour = DeedReader.Hour(now);
        var before = await DeedReader.ReadAsync(connection, order, hour - TimeSpan.FromHours(wish.Rule.BaselineHours), hour, stop);
        var mark = await DeedReader.ReadAsync(connection, order, hour, DateTimeOffset.MaxValue, stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync( // one after the other: two that begin at once see each other
            "INSERT INTO setting (name, value) VALUES ('rollout.lock', '') ON CONFLICT (name) DO UPDATE SET value = excluded.value", [], stop, transaction);
        var taken = (await connection.ListAsync(
            "SELECT r.device, o.title FROM rollout_device r JOIN rollout o ON o.id = r.rollout WHERE o.ended IS NULL",
            row => (Device: row.GetString(0), Title: row.GetString(1)), [], stop, transaction)).Where(row => order.Contains(row.Device)).ToArray();
        if (taken.Length > 0)
            throw new FormatException($"{taken.Length} of these devices are in the roll-out '{taken[0].Title}', as {taken[0].Device}: let that end, or roll it back, first.");

        await connection.ExecuteAsync(
            "INSERT INTO rollout (id, title, site, state, stage, stages, rule, stage_at, created, by) VALUES (@id, @title, @site, @state, 0, @stages, @rule, @now, @now, @by)",
            [
                ("@id", id), ("@title", wish.Title.Trim()), ("@site", site), ("@state", nameof(RolloutState.Running)), ("@stages", JsonSerializer.Serialize(stages)),
                ("@rule", JsonSerializer.Serialize(wish.Rule)), ("@now", Moment.Of(now)), ("@by", by.Name),
            ], stop, transaction);
        await connection.WriteAsync(
            "INSERT INTO rollout_device (rollout, device, stage, was_online, base_hours, base_decisions, base_denials, base_errors, mark_at, mark_decisions, mark_denials, mark_errors)",
            "", [.. order.Select((device, place) => Row(id, device, stages.Count(stage => stage.Devices <= place), all[device], before.GetValueOrDefault(device), mark.GetValueOrDefault(device), now))],
            stop, transaction);
        await (by with { Detail = $"{id}: {wish.Stages}, {wish.SoakMinutes} minutes each" }).WriteAsync(connection, transaction, "rollout.begin", wish.Title, stop);
        await transaction.CommitAsync(stop);
        return id;
    }

    /// <summary>An operator has decided. What was looked at before is looked at no more: counts begin anew.</summary>
    /// <returns>False: it does not stand so that this could be.</returns>
    public async Task<bool> GoOnAsync(string id, Doer by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (await connection.FirstAsync($"SELECT {Rollout.Columns} FROM rollout WHERE id = @id AND state = 'Halted'", Rollout.Read, [("@id", id)], stop) is not { } rollout) return false;

        var devices = await DevicesAsync(id, stop);
        var mark = await DeedReader.ReadAsync(connection, devices.Select(device => device.Device), DeedReader.Hour(rollout.Created), DateTimeOffset.MaxValue, stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        foreach (var device in devices)
        {
            var isExcused = device.IsRefusing || device.IsAwaited || (device.Told is not null && device.IsGone);
            await MarkAsync(connection, transaction, id, device.Device, mark.GetValueOrDefault(device.Device), isExcused ? ", excused = 1" : "", stop);
        }

        var done = await connection.ExecuteAsync(
            "UPDATE rollout SET state = 'Running', reason = NULL, looked_at = @now, stage_at = @now WHERE id = @id AND state = 'Halted'",
            [("@id", id), ("@now", time.Now())], stop, transaction) > 0;
        if (!done) return false;

        await (by with { Detail = Where(id, rollout.Stage) }).WriteAsync(connection, transaction, "rollout.go-on", rollout.Title, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>From one state to another, where it is in that one still.</summary>
    /// <param name="id">Which.</param>
    /// <param name="from">In which it must be.</param>
    /// <param name="to">In which it is then.</param>
    /// <param name="reason">Null: as it stood.</param>
    /// <param name="by">Who; where he says nothing besides, how far it was is noted.</param>
    /// <param name="action">As the audit log calls it.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<bool> MoveAsync(string id, RolloutState from, RolloutState to, string? reason, Doer by, string action, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var moved = await connection.FirstAsync(
            "UPDATE rollout SET state = @to, reason = CASE WHEN @reason = '' THEN reason ELSE @reason END, ended = CASE WHEN @ends = 1 THEN @now ELSE ended END WHERE id = @id AND state = @from RETURNING title, stage",
            row => new { Title = row.GetString(0), Stage = row.GetInt64(1) },
            [
                ("@id", id), ("@from", from.ToString()), ("@to", to.ToString()), ("@reason", reason ?? ""), ("@ends", to is RolloutState.Done or RolloutState.RolledBack ? 1L : 0L),
                ("@now", time.Now()),
            ], stop, transaction);
        if (moved is null) return false;

        await (by.Detail.Length > 0 ? by : by with { Detail = Where(id, moved.Stage) }).WriteAsync(connection, transaction, action, moved.Title, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    public async Task<bool> NextStageAsync(Rollout rollout, Doer by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var moved = await connection.ExecuteAsync(
            "UPDATE rollout SET stage = stage + 1, stage_at = @now WHERE id = @id AND state = 'Running' AND stage = @stage",
            [("@id", rollout.Id), ("@stage", (long)rollout.Stage), ("@now", time.Now())], stop, transaction);
        if (moved == 0) return false;

        await (by with { Detail = $"stage {rollout.Stage + 2} of {rollout.Stages.Count}" }).WriteAsync(connection, transaction, "rollout.stage", rollout.Title, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    public async Task LookedAsync(Rollout rollout, LookVerdict verdict, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE rollout SET looks = @looks, looked_at = @now, spread = @spread, figures = @figures WHERE id = @id",
            [("@id", rollout.Id), ("@looks", rollout.Looks + 1), ("@now", time.Now()), ("@spread", verdict.Spread), ("@figures", verdict.Figures)], stop);
    }

    /// <summary>Before a device is told, what it is to have is remembered: once, however often this is begun.</summary>
    public async Task RememberAsync(string id, string device, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE rollout_device SET previous = (SELECT desired_site FROM device WHERE name = @device), was_desired = (SELECT desired FROM device WHERE name = @device) "
            + "WHERE rollout = @id AND device = @device AND was_desired IS NULL", [("@id", id), ("@device", device)], stop);
    }

    public async Task ToldAsync(string id, string device, long version, bool isOnline, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE rollout_device SET told = @now, version = @version, was_online = @online WHERE rollout = @id AND device = @device",
            [("@id", id), ("@device", device), ("@version", version), ("@online", isOnline ? 1L : 0L), ("@now", time.Now())], stop);
    }

    public async Task ReachedAsync(string id, IReadOnlyList<string> devices, IReadOnlyDictionary<string, DeedCounts> mark, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        foreach (var device in devices) await MarkAsync(connection, transaction, id, device, mark.GetValueOrDefault(device), ", reached = @now, was_online = 1", stop);
        await transaction.CommitAsync(stop);
    }

    public async Task BackAsync(string id, string device, long version, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE rollout_device SET back = @version WHERE rollout = @id AND device = @device", [("@id", id), ("@device", device), ("@version", version)], stop);
    }

    public async Task<IReadOnlyDictionary<string, DeedCounts>> DeedsAsync(Rollout rollout, IEnumerable<string> devices, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await DeedReader.ReadAsync(connection, devices, DeedReader.Hour(rollout.Created), DateTimeOffset.MaxValue, stop);
    }

    /// <summary>Hand-picked ones first; then by a hash that is the same at each look and another one in each roll-out.</summary>
    static List<string> Ordered(IEnumerable<string> devices, IReadOnlyList<string> first, string id)
    {
        var all = devices.Concat(first).ToHashSet(StringComparer.Ordinal);
        var picked = first.Distinct(StringComparer.Ordinal).ToArray();
        all.ExceptWith(picked);
        return [.. picked, .. all.OrderBy(device => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{id}/{device}"))), StringComparer.Ordinal)];
    }

    static string Where(string id, long stage) => $"{id}, stage {stage + 1}";

    static object?[] Row(string id, string device, int stage, bool isOnline, DeedCounts before, DeedCounts mark, DateTimeOffset now) =>
    [
        id, device, (long)stage, isOnline ? 1L : 0L, before.Hours, before.Decisions, before.Denials, before.Errors, Moment.Of(now), mark.Decisions, mark.Denials, mark.Errors,
    ];

    Task<int> MarkAsync(
        System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction transaction, string id, string device, DeedCounts mark, string also, CancellationToken stop) =>
        connection.ExecuteAsync(
            $"UPDATE rollout_device SET mark_at = @now, mark_decisions = @decisions, mark_denials = @denials, mark_errors = @errors{also} WHERE rollout = @id AND device = @device",
            [
                ("@id", id), ("@device", device), ("@now", time.Now()), ("@decisions", mark.Decisions), ("@denials", mark.Denials), ("@errors", mark.Errors),
            ], stop, transaction);
}
