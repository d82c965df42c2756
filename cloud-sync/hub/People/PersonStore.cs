using System.Data.Common;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using EdgeFace.Wire;

namespace EdgeFace.Hub.People;

/// <summary>The people of all galleries. Names and templates are sealed under a key of each person; nothing of them is logged.</summary>
sealed class PersonStore(IDatabase database, PersonalSeal seal, TimeProvider time)
{
    const string Sealed = "person.sealed", Values = "template.sealed";

    /// <summary>Read by one statement.</summary>
    const int RecordsTogether = 200;

    /// <summary>A device refuses a push in which two people bear one name, and all of it.</summary>
    const string NameTaken = "Somebody bears that name already. Open him to add photos, or tell the two apart in the name.";

    const string Columns = "id, key, sealed, gallery, created, changed, retain_until, source, suspended, "
        + "(SELECT count(*) FROM template WHERE template.person = person.id)";

    /// <summary>Makes somebody, with his templates, in one transaction.</summary>
    /// <returns>His id.</returns>
    /// <exception cref="FormatException">A name, a group or a template breaks a rule; it names nobody.</exception>
    public async Task<string> AddAsync(
        PersonDetails details, IReadOnlyList<string> groups, string gallery, IReadOnlyList<NewTemplate> templates, string source,
        DateTimeOffset? retainUntil, CancellationToken stop, string? id = null, Doer? by = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var own = await AddAsync(connection, transaction, details, groups, gallery, templates, source, retainUntil, id, stop);
        if (by is not null) await by.WriteAsync(connection, transaction, "person.enroll", own, stop);
        await transaction.CommitAsync(stop);
        return own;
    }

    /// <inheritdoc cref="AddAsync(PersonDetails, IReadOnlyList{string}, string, IReadOnlyList{NewTemplate}, string, DateTimeOffset?, CancellationToken, string?, Doer?)"/>
    public async Task<string> AddAsync(
        DbConnection connection, DbTransaction transaction, PersonDetails details, IReadOnlyList<string> groups, string gallery,
        IReadOnlyList<NewTemplate> templates, string source, DateTimeOffset? retainUntil, string? id, CancellationToken stop)
    {
        (details, groups) = PersonRules.Normalised(details, groups, templates.Count);
        var number = id is null ? new Guid(RandomNumberGenerator.GetBytes(16), bigEndian: true) : Guid.ParseExact(id, "N");
        var own = number.ToString("N");
        var key = seal.NewKey(number);
        using var cipher = seal.Of(number, key);
        var now = time.Now();
        var isFree = await connection.ExecuteAsync(
            "INSERT INTO person (id, key, sealed, mark, gallery, created, changed, retain_until, source) "
            + "VALUES (@id, @key, @sealed, @mark, @gallery, @now, @now, @until, @source) ON CONFLICT (gallery, mark) DO NOTHING",
            [
                ("@id", own), ("@key", key), ("@mark", MarkOf(gallery, details.Name)), ("@sealed", cipher.Seal(PersonJson.Write(details), new CellPlace(Sealed, number))), ("@gallery", gallery),
                ("@now", now), ("@until", retainUntil is { } until ? Moment.Of(until) : null), ("@source", source),
            ], stop, transaction) > 0;
        if (!isFree) throw new FormatException(NameTaken);

        foreach (var group in groups)
            await connection.ExecuteAsync("INSERT INTO person_group (person, name) VALUES (@id, @name)", [("@id", own), ("@name", group)], stop, transaction);
        foreach (var template in templates) await InsertAsync(connection, transaction, cipher, number, template, stop);
        await TouchAsync(connection, transaction, gallery, isUrgent: false, stop);
        return own;
    }

    /// <summary>More templates of somebody; the weakest make room when there are more than a person may have.</summary>
    /// <returns>False: there is no such person.</returns>
    public async Task<bool> AddTemplatesAsync(string id, IReadOnlyList<NewTemplate> templates, CancellationToken stop, Doer? by = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (await RowAsync(connection, id, stop, transaction) is not { } row) return false;

        using var cipher = seal.Of(row.Number, row.Key);
        foreach (var template in templates) await InsertAsync(connection, transaction, cipher, row.Number, template, stop);
        await connection.ExecuteAsync(
            "DELETE FROM template WHERE person = @id AND id NOT IN (SELECT id FROM template WHERE person = @id ORDER BY quality DESC, captured DESC LIMIT @most)",
            [("@id", id), ("@most", (long)PushedPerson.TemplatesMax)], stop, transaction);
        await ChangedAsync(connection, transaction, id, row.Gallery, isUrgent: false, stop);
        if (by is not null) await by.WriteAsync(connection, transaction, "person.photos", id, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>Writes what is to be kept instead, groups too where they are given.</summary>
    /// <returns>False: there is no such person.</returns>
    /// <exception cref="FormatException">It breaks a rule.</exception>
    public async Task<bool> ChangeAsync(
        string id, Func<PersonDetails, PersonDetails> change, IReadOnlyList<string>? groups, DateTimeOffset? retainUntil, CancellationToken stop,
        Doer? by = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (await RowAsync(connection, id, stop, transaction) is not { } row) return false;

        using var cipher = seal.Of(row.Number, row.Key);
        var before = Opened(cipher, row);
        var details = change(before);
        var isUrgent = (details with { Name = before.Name, Note = before.Note, Consent = before.Consent, ConsentBy = before.ConsentBy }) != before;
        (details, var kept) = PersonRules.Normalised(details, groups ?? [], 1);
        var mark = MarkOf(row.Gallery, details.Name);
        var bearers = await connection.NumberAsync(
            "SELECT count(*) FROM person WHERE gallery = @gallery AND mark = @mark AND id <> @id", [("@gallery", row.Gallery), ("@mark", mark), ("@id", id)],
            stop, transaction);
        if (bearers > 0) throw new FormatException(NameTaken);

        await connection.ExecuteAsync(
            "UPDATE person SET sealed = @sealed, mark = @mark, retain_until = @until WHERE id = @id",
            [
                ("@id", id), ("@mark", mark), ("@sealed", cipher.Seal(PersonJson.Write(details), new CellPlace(Sealed, row.Number))),
                ("@until", retainUntil is { } until ? Moment.Of(until) : null),
            ], stop, transaction);
        if (groups is not null)
        {
            var (list, values) = Sql.In(kept);
            isUrgent |= await connection.ExecuteAsync(
                $"DELETE FROM person_group WHERE person = @id{(kept.Count == 0 ? "" : $" AND name NOT IN {list}")}", [("@id", id), .. values], stop, transaction) > 0;
            foreach (var group in kept)
            {
                await connection.ExecuteAsync(
                    "INSERT INTO person_group (person, name) VALUES (@id, @name) ON CONFLICT (person, name) DO NOTHING", [("@id", id), ("@name", group)], stop, transaction);
            }
        }

        await ChangedAsync(connection, transaction, id, row.Gallery, isUrgent, stop);
        if (by is not null) await by.WriteAsync(connection, transaction, "person.change", id, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>Takes somebody off all devices, or puts him back, without erasing him.</summary>
    public async Task<bool> SuspendAsync(string id, bool suspended, CancellationToken stop, Doer? by = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (await RowAsync(connection, id, stop, transaction) is not { } row) return false;

        await connection.ExecuteAsync(
            "UPDATE person SET suspended = @when WHERE id = @id", [("@id", id), ("@when", suspended ? time.Now() : null)], stop, transaction);
        // Devices that have signed that he is gone get him back: what they signed speaks of no erasure that is to come.
        if (!suspended) await connection.ExecuteAsync("DELETE FROM erasure_receipt WHERE person = @id", [("@id", id)], stop, transaction);
        await ChangedAsync(connection, transaction, id, row.Gallery, isUrgent: suspended, stop);
        if (by is not null) await by.WriteAsync(connection, transaction, suspended ? "person.suspend" : "person.resume", id, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    public async Task<Person?> FindAsync(string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (await RowAsync(connection, id, stop) is not { } row) return null;

        using var cipher = seal.Of(row.Number, row.Key);
        var groups = await connection.ListAsync(
            "SELECT name FROM person_group WHERE person = @id ORDER BY name", read => read.GetString(0), [("@id", id)], stop);
        return row.With(Opened(cipher, row), groups);
    }

    /// <summary>
    /// Those whose rows were written at or after a moment; for whoever keeps names at hand. Who is known as he is now is neither read nor
    /// opened once more.
    /// </summary>
    public async Task<IReadOnlyList<Person>> ChangedSinceAsync(long since, IReadOnlyDictionary<string, Person> known, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var written = await connection.ListAsync(
            "SELECT id, changed FROM person WHERE changed >= @since", row => (Id: row.GetString(0), Changed: row.Time(1)), [("@since", since)], stop);
        var changed = new List<Person>();
        foreach (var some in written.Where(each => !known.TryGetValue(each.Id, out var person) || person.Changed != each.Changed).Chunk(RecordsTogether))
        {
            var (list, values) = Sql.In(some.Select(each => (object?)each.Id));
            var groups = (await connection.ListAsync(
                $"SELECT person, name FROM person_group WHERE person IN {list} ORDER BY person, name",
                read => (Person: read.GetString(0), Name: read.GetString(1)), values, stop)).ToLookup(each => each.Person, each => each.Name);
            foreach (var row in await connection.ListAsync($"SELECT {Columns} FROM person WHERE id IN {list}", PersonRow.Read, values, stop))
            {
                using var cipher = seal.Of(row.Number, row.Key);
                changed.Add(row.With(Opened(cipher, row), [.. groups[row.Id]]));
            }
        }

        return changed;
    }

    public async Task<long> CountAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.NumberAsync("SELECT count(*) FROM person", [], stop);
    }

    public async Task<IReadOnlyList<string>> IdsAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("SELECT id FROM person", row => row.GetString(0), [], stop);
    }

    /// <summary>Somebody as devices are told, with his templates of one model; null where he has none, or is suspended.</summary>
    public async Task<PersonRecord?> RecordAsync(DbConnection connection, string id, string model, CancellationToken stop) =>
        await RecordsAsync(connection, [id], model, stop) is [var one] ? one : null;

    /// <summary>
    /// Those of them whom devices are told of, in the order of their ids, with their templates of one model: whoever has none, or is
    /// suspended, is left out.
    /// </summary>
    public async Task<IReadOnlyList<PersonRecord>> RecordsAsync(DbConnection connection, IReadOnlyCollection<string> ids, string model, CancellationToken stop)
    {
        var records = new List<PersonRecord>(ids.Count);
        foreach (var some in ids.Order(StringComparer.Ordinal).Chunk(RecordsTogether))
        {
            var (list, values) = Sql.In(some);
            var rows = await connection.ListAsync(
                $"SELECT {Columns} FROM person WHERE id IN {list} AND suspended IS NULL ORDER BY id", PersonRow.Read, values, stop);
            var groups = (await connection.ListAsync(
                $"SELECT person, name FROM person_group WHERE person IN {list} ORDER BY person, name",
                read => (Person: read.GetString(0), Name: read.GetString(1)), values, stop)).ToLookup(each => each.Person, each => each.Name);
            var templates = (await connection.ListAsync(
                $"SELECT person, id, sealed, quality, captured FROM template WHERE person IN {list} AND model = @model ORDER BY person, quality DESC, id",
                read => new TemplateRow(read.GetString(0), read.GetString(1), read.GetFieldValue<byte[]>(2), (float)read.GetDouble(3), read.Time(4)),
                [.. values, ("@model", model)], stop)).ToLookup(each => each.Person);
            records.AddRange(rows.Where(row => templates.Contains(row.Id))
                .Select(row => Record(row, [.. groups[row.Id]], [.. templates[row.Id].Take(PushedPerson.TemplatesMax)], model)));
        }

        return records;
    }

    PersonRecord Record(PersonRow row, string[] groups, TemplateRow[] templates, string model)
    {
        using var cipher = seal.Of(row.Number, row.Key);
        var details = Opened(cipher, row);
        var values = Array.ConvertAll(templates, each => PersonalSeal.Open(cipher, each.Cell, Place(row.Number, each.Id, model)));
        return PersonRecord.Of(
            new PushedPerson(
                row.Id, details.Name, groups, row.Created,
                [.. templates.Select((each, i) => new PushedTemplate(each.Id, model, each.Quality, each.Captured, values[i].Length / sizeof(float)))],
                details.Consent, details.ValidFrom, details.ValidUntil, details.Cards, details.Pin, details.ExtendedTime),
            values.SelectMany(each => each).ToArray());
    }

    /// <summary>Templates of a model of some people, opened: to find one who is enrolled twice.</summary>
    public async Task<IReadOnlyList<(string Person, float[] Values)>> TemplatesAsync(IReadOnlyCollection<string> people, string model, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var opened = new List<(string, float[])>(people.Count);
        foreach (var some in people.Chunk(RecordsTogether))
        {
            var (list, values) = Sql.In(some);
            var rows = await connection.ListAsync(
                $"SELECT person.id, person.key, template.id, template.sealed FROM template JOIN person ON person.id = template.person WHERE person.id IN {list} AND model = @model "
                + "ORDER BY person.id",
                read => (Person: read.GetString(0), Key: read.GetFieldValue<byte[]>(1), Id: read.GetString(2), Cell: read.GetFieldValue<byte[]>(3)),
                [.. values, ("@model", model)], stop);
            foreach (var person in rows.GroupBy(row => row.Person))
            {
                var number = Guid.ParseExact(person.Key, "N");
                using var cipher = seal.Of(number, person.First().Key);
                foreach (var row in person)
                    opened.Add((row.Person, MemoryMarshal.Cast<byte, float>(PersonalSeal.Open(cipher, row.Cell, Place(number, row.Id, model))).ToArray()));
            }
        }

        return opened;
    }

    static async Task InsertAsync(
        DbConnection connection, DbTransaction transaction, CellCipher cipher, Guid person, NewTemplate template, CancellationToken stop)
    {
        var id = Guid.NewGuid().ToString("N");
        await connection.ExecuteAsync(
            "INSERT INTO template (id, person, model, sealed, quality, captured) VALUES (@id, @person, @model, @sealed, @quality, @captured)",
            [
                ("@id", id), ("@person", person.ToString("N")), ("@model", template.Model),
                ("@sealed", cipher.Seal(MemoryMarshal.AsBytes(template.Values.AsSpan()), Place(person, id, template.Model))),
                ("@quality", (double)template.Quality), ("@captured", Moment.Of(template.Captured)),
            ], stop, transaction);
    }

    async Task ChangedAsync(DbConnection connection, DbTransaction transaction, string id, string gallery, bool isUrgent, CancellationToken stop)
    {
        // Always later than before, also by a clock that was set back: whoever keeps him at hand knows by it that he has changed.
        await connection.ExecuteAsync(
            "UPDATE person SET changed = CASE WHEN changed < @now THEN @now ELSE changed + 1 END WHERE id = @id", [("@id", id), ("@now", time.Now())], stop, transaction);
        await TouchAsync(connection, transaction, gallery, isUrgent, stop);
    }

    /// <summary>The gallery is to be pressed anew: at once, or where somebody is only added, when devices have had the time for the version before.</summary>
    public static Task<int> TouchAsync(DbConnection connection, DbTransaction transaction, string gallery, bool isUrgent, CancellationToken stop) =>
        connection.ExecuteAsync(
            "UPDATE gallery SET dirty = dirty + 1, urgent = urgent + @urgent WHERE name = @gallery", [("@gallery", gallery), ("@urgent", isUrgent ? 1L : 0L)],
            stop, transaction);

    byte[] MarkOf(string gallery, string name) => seal.Mark($"person.name|{gallery}|{name}");

    static PersonDetails Opened(CellCipher cipher, PersonRow row) =>
        PersonJson.Read(PersonalSeal.Open(cipher, row.Sealed, new CellPlace(Sealed, row.Number)));

    static Task<PersonRow?> RowAsync(DbConnection connection, string id, CancellationToken stop, DbTransaction? transaction = null) =>
        connection.FirstAsync($"SELECT {Columns} FROM person WHERE id = @id", PersonRow.Read, [("@id", id)], stop, transaction);

    static CellPlace Place(Guid person, string template, string model) => new(Values, person, Guid.ParseExact(template, "N"), model);

    sealed record TemplateRow(string Person, string Id, byte[] Cell, float Quality, DateTimeOffset Captured);

    sealed record PersonRow(
        string Id, byte[] Key, byte[] Sealed, string Gallery, DateTimeOffset Created, DateTimeOffset Changed, DateTimeOffset? RetainUntil, string Source,
        DateTimeOffset? Suspended, int Templates)
    {
        public Guid Number => Guid.ParseExact(Id, "N");

        public static PersonRow Read(DbDataReader row) => new(
            row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.GetString(3), row.Time(4), row.Time(5), row.TimeOrNull(6),
            row.GetString(7), row.TimeOrNull(8), (int)row.GetInt64(9));

        public Person With(PersonDetails details, IReadOnlyList<string> groups) =>
            new(Id, details, groups, Gallery, Created, Changed, RetainUntil, Source, Suspended, Templates);
    }
}
