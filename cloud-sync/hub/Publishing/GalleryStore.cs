using System.Data.Common;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Publishing;

/// <summary>A gallery, and its newest version.</summary>
/// <param name="Name">As devices know it.</param>
/// <param name="Model">Of all its templates.</param>
/// <param name="State">Null: nothing was ever pressed.</param>
/// <param name="People">In that version.</param>
/// <param name="Templates">Theirs.</param>
/// <param name="PressedAt">When; null with <paramref name="State"/>.</param>
/// <param name="Dirty">Acts that changed somebody since.</param>
/// <param name="Urgent">Of these, those that may take something away: they wait for no push that is on the way.</param>
sealed record GalleryVersion(string Name, string Model, GalleryState? State, int People, int Templates, DateTimeOffset? PressedAt, long Dirty, long Urgent);

/// <summary>One version as it was made.</summary>
sealed record Pressing(long Version, DateTimeOffset At, long People, long Changed, long Removed, long Templates, byte[] Content);

/// <summary>Which people stand in which version of a gallery, by their records' digests.</summary>
sealed class GalleryStore(IDatabase database, PersonStore people, TimeProvider time)
{
    /// <summary>Versions of which is remembered what they changed; a device further behind gets a full push.</summary>
    const int ChangesKept = 500;

    const string AgainWord = "again/";

    /// <summary>Clocks of two instances may be so far apart.</summary>
    static readonly long Skew = (long)TimeSpan.FromMinutes(2).TotalMicroseconds;

    public async Task EnsureAsync(string name, string model, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "INSERT INTO gallery (name, model) VALUES (@name, @model) ON CONFLICT (name) DO NOTHING", [("@name", name), ("@model", model)], stop);
    }

    public async Task<IReadOnlyList<GalleryVersion>> AllAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT gallery.name, gallery.model, gallery.version, gallery.content, coalesce(pressing.people, 0), coalesce(pressing.templates, 0), gallery.pressed, gallery.dirty, gallery.urgent "
            + "FROM gallery LEFT JOIN pressing ON pressing.gallery = gallery.name AND pressing.version = gallery.version ORDER BY gallery.name",
            row => new GalleryVersion(
                row.GetString(0), row.GetString(1), row.Bytes(3) is { } content ? new GalleryState(row.GetInt64(2), content) : null, (int)row.GetInt64(4),
                (int)row.GetInt64(5), row.TimeOrNull(6), row.GetInt64(7), row.GetInt64(8)), [], stop);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Pressing>> PressingsAsync(string gallery, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT version, at, people, changed, removed, templates, content FROM pressing WHERE gallery = @gallery ORDER BY version DESC LIMIT @count",
            row => new Pressing(
                row.GetInt64(0), row.Time(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetFieldValue<byte[]>(6)),
            [("@gallery", gallery), ("@count", (long)count)], stop);
    }

    /// <summary>How many devices have the newest version in force, of how many that take the gallery.</summary>
    public async Task<(int There, int All)> ReachAsync(GalleryVersion gallery, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        (string, object?)[] of = [("@gallery", gallery.Name), ("@version", gallery.State?.Version ?? 0), ("@content", gallery.State?.Content ?? [])];
        var there = await connection.NumberAsync(
            "SELECT count(*) FROM device WHERE gallery = @gallery AND revoked IS NULL AND version = @version AND content = @content", of, stop);
        return ((int)there, (int)await connection.NumberAsync("SELECT count(*) FROM device WHERE gallery = @gallery AND revoked IS NULL", of, stop));
    }

    /// <summary>Who has not got the newest version, refusals first.</summary>
    /// <param name="gallery">Which.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<Device>> LaggardsAsync(GalleryVersion gallery, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Device.Columns} FROM device WHERE gallery = @gallery AND revoked IS NULL AND (version <> @version OR content IS NULL OR content <> @content) "
            + "ORDER BY CASE WHEN refusal IS NULL THEN 1 ELSE 0 END, CASE WHEN status = 'online' THEN 0 ELSE 1 END, name LIMIT @count", Device.Read,
            [("@gallery", gallery.Name), ("@version", gallery.State?.Version ?? 0), ("@content", gallery.State?.Content ?? []), ("@count", (long)count)], stop);
    }

    /// <summary>Devices that leave people of it out, since they cannot search among so many.</summary>
    public async Task<IReadOnlyList<Device>> FullAsync(string gallery, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Device.Columns} FROM device WHERE gallery = @gallery AND revoked IS NULL AND left_out > 0 ORDER BY left_out DESC, name LIMIT @count", Device.Read,
            [("@gallery", gallery), ("@count", (long)count)], stop);
    }

    /// <summary>
    /// The next version, of the people as they are now. To be called by the one who holds the gallery's lease: two would give one number
    /// to two states.
    /// </summary>
    /// <returns>False: nobody has changed, and there is no new version.</returns>
    public async Task<bool> PressAsync(GalleryVersion gallery, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var now = time.Now();
        var since = gallery.PressedAt is { } pressed ? Moment.Of(pressed) - Skew : 0;
        (string, object?)[] of = [("@gallery", gallery.Name)];
        var before = await connection.ListAsync(
            "SELECT person, digest, templates FROM pressed WHERE gallery = @gallery",
            row => (Person: row.GetString(0), Digest: row.GetFieldValue<byte[]>(1), Templates: (int)row.GetInt64(2)), of, stop);
        var state = before.ToDictionary(each => each.Person, each => (each.Digest, each.Templates), StringComparer.Ordinal);
        var (changed, removed) = (new List<PersonRecord>(), new HashSet<string>(StringComparer.Ordinal));
        var ids = await connection.ListAsync(
            "SELECT id FROM person WHERE gallery = @gallery AND changed >= @since AND suspended IS NULL", row => row.GetString(0), [.. of, ("@since", since)], stop);
        var records = await people.RecordsAsync(connection, ids, gallery.Model, stop);
        removed.UnionWith(ids.Except(records.Select(record => record.Person.Id)).Where(state.ContainsKey)); // no template of the gallery's model is left
        foreach (var record in records)
        {
            var id = record.Person.Id;
            if (state.TryGetValue(id, out var known) && known.Digest.AsSpan().SequenceEqual(record.Digest)) continue;

            state[id] = (record.Digest, record.Person.Templates.Length);
            changed.Add(record);
        }

        removed.UnionWith(await connection.ListAsync(
            "SELECT person FROM pressed WHERE gallery = @gallery AND NOT EXISTS "
            + "(SELECT 1 FROM person WHERE person.id = pressed.person AND person.gallery = @gallery AND person.suspended IS NULL)", row => row.GetString(0), of, stop));
        changed.RemoveAll(record => removed.Contains(record.Person.Id)); // gone between the two looks
        foreach (var id in removed) state.Remove(id);

        await using var transaction = await connection.BeginTransactionAsync(stop);
        // Another one has pressed meanwhile: what this one saw is not the newest any more.
        var isOwn = await connection.ExecuteAsync(
            "UPDATE gallery SET dirty = dirty - @seen, urgent = urgent - @urgent WHERE name = @gallery AND version = @version AND dirty >= @seen AND urgent >= @urgent",
            [.. of, ("@seen", gallery.Dirty), ("@urgent", gallery.Urgent), ("@version", gallery.State?.Version ?? 0)], stop, transaction) > 0;
        if (!isOwn) return false;

        var isNew = changed.Count > 0 || removed.Count > 0 || gallery.State is null;
        if (isNew) await WriteAsync(connection, transaction, gallery, state, changed, removed, now, stop);
        // Who was erased while this was being made may still be in it; and who never was in one needs no new version to be out of it.
        await connection.ExecuteAsync(
            "UPDATE erasure SET version = @version WHERE gallery = @gallery AND version IS NULL AND NOT EXISTS "
            + "(SELECT 1 FROM pressed WHERE pressed.gallery = @gallery AND pressed.person = erasure.person)",
            [.. of, ("@version", (gallery.State?.Version ?? 0) + (isNew ? 1 : 0))], stop, transaction);
        await transaction.CommitAsync(stop);
        return isNew;
    }

    /// <summary>
    /// Who makes the difference between a version that a device has and the newest one. Null: it cannot be known, and a full push is due.
    /// </summary>
    public async Task<GalleryChange?> ChangeSinceAsync(GalleryVersion newest, long version, byte[] content, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        (string, object?)[] of = [("@gallery", newest.Name), ("@version", version)];
        var known = await connection.FirstAsync(
            "SELECT content FROM pressing WHERE gallery = @gallery AND version = @version", row => row.GetFieldValue<byte[]>(0), of, stop);
        var steps = await connection.NumberAsync(
            "SELECT count(*) FROM pressing WHERE gallery = @gallery AND version > @version", of, stop);
        if (known is null || !known.AsSpan().SequenceEqual(content) || newest.State is null || steps != newest.State.Version - version) return null;
        if (await connection.NumberAsync("SELECT coalesce(min(version), 0) FROM pressing_change WHERE gallery = @gallery", of, stop) > version + 1) return null;

        var ids = await connection.ListAsync(
            "SELECT DISTINCT person FROM pressing_change WHERE gallery = @gallery AND version > @version", row => row.GetString(0), of, stop);
        var records = await people.RecordsAsync(connection, ids, newest.Model, stop);
        var pressed = (await connection.ListAsync(
            "SELECT person, digest FROM pressed WHERE gallery = @gallery AND person IN "
            + "(SELECT person FROM pressing_change WHERE gallery = @gallery AND version > @version)",
            row => (Person: row.GetString(0), Digest: row.GetFieldValue<byte[]>(1)), of, stop)).ToDictionary(each => each.Person, each => each.Digest);
        List<PersonRecord> changed = [];
        foreach (var record in records)
            if (pressed.Remove(record.Person.Id, out var digest) && digest.AsSpan().SequenceEqual(record.Digest)) changed.Add(record);
        if (pressed.Count > 0 || changed.Count < records.Count) return null; // changed again just now: the next version brings it

        var stay = changed.Select(record => record.Person.Id).ToHashSet(StringComparer.Ordinal);
        var removed = ids.Where(id => !stay.Contains(id)).ToList();
        return new GalleryChange(new GalleryState(version, content), newest, changed, removed);
    }

    /// <summary>Everybody of the newest version; null when somebody has changed since, so that the next version is due first.</summary>
    public async Task<IReadOnlyList<PersonRecord>?> EverybodyAsync(GalleryVersion newest, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var pressed = await connection.ListAsync(
            "SELECT person FROM pressed WHERE gallery = @gallery", row => row.GetString(0), [("@gallery", newest.Name)], stop);
        var records = await people.RecordsAsync(connection, pressed, newest.Model, stop);
        if (records.Count != pressed.Count) return null;

        return newest.State is { } state && GalleryState.ContentOf(records.Select(record => KeyValuePair.Create(record.Person.Number, record.Digest)))
            .AsSpan().SequenceEqual(state.Content) ? records : null;
    }

    /// <summary>A device is to be sent everybody anew, whatever it says that it has; by whichever instance signs.</summary>
    public async Task AgainAsync(string device, string gallery, CancellationToken stop, Doer? by = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync(
            "INSERT INTO setting (name, value) VALUES (@name, @gallery) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [("@name", AgainWord + device), ("@gallery", gallery)], stop, transaction);
        if (by is not null) await by.WriteAsync(connection, transaction, "gallery.again", device, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Those who wait for that; each is told once.</summary>
    public async Task<IReadOnlyList<(string Device, string Gallery)>> TakeAgainAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var waiting = await connection.ListAsync(
            "SELECT name, value FROM setting WHERE name >= @first AND name < @last LIMIT 1000", row => (Name: row.GetString(0), Gallery: row.GetString(1)),
            [("@first", AgainWord), ("@last", AgainWord + '\uffff')], stop);
        foreach (var (name, _) in waiting) await connection.ExecuteAsync("DELETE FROM setting WHERE name = @name", [("@name", name)], stop);
        return [.. waiting.Select(each => (each.Name[AgainWord.Length..], each.Gallery))];
    }

    /// <summary>How far the newest state of somebody has come.</summary>
    public async Task<PersonWay> WayAsync(Person person, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        (string, object?)[] of = [("@gallery", person.Gallery), ("@id", person.Id)];
        var dirty = await connection.NumberAsync("SELECT dirty FROM gallery WHERE name = @gallery", of, stop);
        var version = await connection.NumberAsync("SELECT max(version) FROM pressing_change WHERE gallery = @gallery AND person = @id", of, stop);
        (string, object?)[] at = [("@gallery", person.Gallery), ("@version", version)];
        var devices = await connection.NumberAsync("SELECT count(*) FROM device WHERE gallery = @gallery AND revoked IS NULL", of, stop);
        var there = await connection.NumberAsync("SELECT count(*) FROM device WHERE gallery = @gallery AND revoked IS NULL AND version >= @version", at, stop);
        var full = await connection.NumberAsync("SELECT count(*) FROM device WHERE gallery = @gallery AND revoked IS NULL AND left_out > 0", of, stop);
        return dirty == 0 && version > 0 ? new PersonWay(version, devices, there, full) : new PersonWay(null, devices, 0, full);
    }

    static async Task WriteAsync(
        DbConnection connection, DbTransaction transaction, GalleryVersion gallery, Dictionary<string, (byte[] Digest, int Templates)> state,
        List<PersonRecord> changed, HashSet<string> removed, long now, CancellationToken stop)
    {
        var version = (gallery.State?.Version ?? 0) + 1;
        var content = GalleryState.ContentOf(state.Select(each => KeyValuePair.Create(Guid.ParseExact(each.Key, "N"), each.Value.Digest)));
        (string, object?)[] of = [("@gallery", gallery.Name), ("@version", version)];
        await connection.WriteAsync(
            "INSERT INTO pressed (gallery, person, digest, templates)",
            "ON CONFLICT (gallery, person) DO UPDATE SET digest = excluded.digest, templates = excluded.templates",
            [.. changed.Select(record => (object?[])[gallery.Name, record.Person.Id, record.Digest, (long)record.Person.Templates.Length])], stop, transaction);
        foreach (var id in removed)
            await connection.ExecuteAsync("DELETE FROM pressed WHERE gallery = @gallery AND person = @id", [("@gallery", gallery.Name), ("@id", id)], stop, transaction);
        await connection.WriteAsync(
            "INSERT INTO pressing_change (gallery, version, person)", "",
            [.. changed.Select(record => record.Person.Id).Concat(removed).Select(id => (object?[])[gallery.Name, version, id])], stop, transaction);
        await connection.ExecuteAsync(
            "UPDATE person SET pushed = @version WHERE pushed IS NULL AND id IN (SELECT person FROM pressing_change WHERE gallery = @gallery AND version = @version)",
            of, stop, transaction);
        await connection.ExecuteAsync(
            "DELETE FROM pressing_change WHERE gallery = @gallery AND version <= @version - @kept", [.. of, ("@kept", (long)ChangesKept)], stop, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO pressing (gallery, version, at, people, changed, removed, templates, content) "
            + "VALUES (@gallery, @version, @now, @people, @changed, @removed, @templates, @content)",
            [
                .. of, ("@now", now), ("@people", (long)state.Count), ("@changed", (long)changed.Count), ("@removed", (long)removed.Count),
                ("@templates", (long)state.Values.Sum(each => each.Templates)), ("@content", content),
            ], stop, transaction);
        await connection.ExecuteAsync(
            "UPDATE gallery SET version = @version, content = @content, pressed = @now WHERE name = @gallery", [.. of, ("@content", content), ("@now", now)], stop, transaction);
    }
}

/// <summary>Where somebody's newest state is.</summary>
/// <param name="Version">That brought it; null: it is being signed.</param>
/// <param name="Devices">Of the gallery.</param>
/// <param name="There">Have that version or a newer one in force.</param>
/// <param name="Full">Leave out whoever was enrolled last.</param>
sealed record PersonWay(long? Version, long Devices, long There, long Full = 0)
{
    public bool IsDone => Version is not null && There >= Devices;
}

/// <summary>What makes one state into the next.</summary>
sealed record GalleryChange(GalleryState Previous, GalleryVersion Next, IReadOnlyList<PersonRecord> Changed, IReadOnlyList<string> Removed);
