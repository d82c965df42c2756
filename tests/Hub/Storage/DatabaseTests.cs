using EdgeFace.Hub.Storage;
using Npgsql;
using Xunit;

namespace EdgeFace.Tests.Hub.Storage;

/// <summary>What both engines promise, held against both.</summary>
public sealed class DatabaseTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Tables_are_made_once_however_many_instances_start_at_once(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server, migrate: false);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var own = made.Again();
            await own.MigrateAsync(Stop);
            if (engine == "postgresql") await own.DisposeAsync();
        }, Stop)));
        await made.Database.MigrateAsync(Stop);

        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal(0, await connection.NumberAsync("SELECT count(*) FROM event", [], Stop));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Tables_of_an_older_program_become_todays_and_keep_their_rows(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var connection = await made.Database.OpenAsync(Stop);
        await connection.ExecuteAsync(
            "DROP INDEX command_of; ALTER TABLE gallery DROP COLUMN urgent; ALTER TABLE door DROP COLUMN lockout_until; ALTER TABLE door DROP COLUMN lockout_at; ALTER TABLE device DROP COLUMN left_out; ALTER TABLE door DROP COLUMN calibrated; ALTER TABLE door DROP COLUMN calibrated_at; ALTER TABLE door DROP COLUMN forgotten; ALTER TABLE door DROP COLUMN bolt; ALTER TABLE door DROP COLUMN bolt_at; INSERT INTO gallery (name, model) VALUES ('main', 'm'); "
            + "INSERT INTO web_key (name, body) VALUES ('one', 'kept');" + (engine == "sqlite" ? "PRAGMA user_version = 1" : "UPDATE schema_version SET version = 1"), [], Stop);

        await made.Database.MigrateAsync(Stop);
        Assert.Equal(["main 0 kept"], await connection.ListAsync(
            "SELECT gallery.name, urgent, body FROM gallery, web_key", row => $"{row.GetString(0)} {row.GetInt64(1)} {row.GetString(2)}", [], Stop));
        await connection.ExecuteAsync("DROP INDEX command_of", [], Stop); // it is there again
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Tables_of_a_newer_program_are_left_alone(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using (var connection = await made.Database.OpenAsync(Stop))
            await connection.ExecuteAsync(engine == "sqlite" ? "PRAGMA user_version = 900" : "UPDATE schema_version SET version = 900", [], Stop);

        Assert.Contains("newer program", (await Assert.ThrowsAsync<StoreException>(() => made.Database.MigrateAsync(Stop))).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_several_events_under_one_number_the_first_is_kept_and_named(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);

        Assert.Equal((IEnumerable<bool>)[true, true, false, true], await KeepAsync(made.Database, Event("a", 1), Event("b", 1), Event("a", 1, "other"), Event("a", 2)));
        Assert.Equal((IEnumerable<bool>)[false, true], await KeepAsync(made.Database, Event("b", 1), Event("b", 2)));
        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal(["first"], await connection.ListAsync("SELECT body FROM event WHERE device = 'a' AND seq = 1", row => row.GetString(0), [], Stop));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Two_calls_of_one_transaction_keep_both(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var connection = await made.Database.OpenAsync(Stop);
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            Assert.Equal((IEnumerable<bool>)[true], await made.Database.KeepAsync(connection, transaction, [Event("a", 1)], Stop));
            Assert.Equal((IEnumerable<bool>)[false, true], await made.Database.KeepAsync(connection, transaction, [Event("a", 1), Event("a", 2)], Stop));
            Assert.Equal((IEnumerable<bool>)[], await made.Database.KeepAsync(connection, transaction, [], Stop));
            await transaction.CommitAsync(Stop);
        }

        Assert.Equal(2, await connection.NumberAsync("SELECT count(*) FROM event", [], Stop));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_was_not_committed_is_new_when_it_comes_again(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using (var connection = await made.Database.OpenAsync(Stop))
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
            Assert.Equal((IEnumerable<bool>)[true], await made.Database.KeepAsync(connection, transaction, [Event("a", 1)], Stop));

        Assert.Equal((IEnumerable<bool>)[true], await KeepAsync(made.Database, Event("a", 1)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Instances_that_are_sent_the_same_events_at_once_keep_each_once_between_them(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        const int Devices = 20, Each = 30;
        // Each instance has them in another order, in batches of its own.
        async Task<int> KeepAllAsync(int instance)
        {
            var own = made.Again();
            var kept = 0;
            var random = new Random(instance);
            var all = (from device in Enumerable.Range(0, Devices) from seq in Enumerable.Range(1, Each) select Event($"d{device}", seq)).ToArray();
            random.Shuffle(all);
            foreach (var batch in all.Chunk(50)) kept += (await KeepAsync(own, batch)).Count(isNew => isNew);
            if (engine == "postgresql") await own.DisposeAsync();
            return kept;
        }

        var kept = await Task.WhenAll(Enumerable.Range(0, 3).Select(instance => Task.Run(() => KeepAllAsync(instance), Stop)));

        Assert.Equal(Devices * Each, kept.Sum());
        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal(Devices * Each, await connection.NumberAsync("SELECT count(*) FROM event", [], Stop));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_is_null_stays_null_and_every_letter_stays_as_it_is(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await KeepAsync(made.Database, Event("a", 1) with { Door = null, Person = null, Reason = "größer 大 \u0001 'x' \\", Priority = 2 });

        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal(
            [(null, null, "größer 大 \u0001 'x' \\", 2L)],
            await connection.ListAsync("SELECT door, person, reason, priority FROM event", row => (row.Text(0), row.Text(1), row.Text(2), row.GetInt64(3)), [], Stop));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Texts_are_ordered_by_their_bytes(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var connection = await made.Database.OpenAsync(Stop);
        await connection.WriteAsync("INSERT INTO kind (name)", "ON CONFLICT (name) DO NOTHING", [["b"], ["B"], ["a.b"], ["a-b"], ["ä"], ["b"]], Stop);

        Assert.Equal(["B", "a-b", "a.b", "b", "ä"], await connection.ListAsync("SELECT name FROM kind ORDER BY name", row => row.GetString(0), [], Stop));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Rows_of_any_number_are_written_each_once(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var connection = await made.Database.OpenAsync(Stop);
        foreach (var count in new[] { 0, 1, 127, 128, 129, 300 })
        {
            object?[][] rows = [.. Enumerable.Range(0, count).Select(i => (object?[])[$"{count}-{i:D4}"])];
            Assert.Equal(count, await connection.WriteAsync("INSERT INTO kind (name)", "", rows, Stop));
        }

        Assert.Equal(685, await connection.NumberAsync("SELECT count(*) FROM kind", [], Stop));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_value_that_the_engine_refuses_is_told_from_an_engine_that_is_away(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var connection = await made.Database.OpenAsync(Stop);

        var ofValues = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => connection.ExecuteAsync("INSERT INTO kind (name) VALUES ('a'), ('a')", [], Stop));
        var ofTables = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => connection.ExecuteAsync("SELECT 1 FROM nowhere", [], Stop));

        Assert.True(made.Database.IsOfValues(ofValues));
        Assert.False(made.Database.IsOfValues(ofTables));
        if (engine == "postgresql") Assert.False(made.Database.IsOfValues(new NpgsqlException("gone")));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_was_erased_is_in_no_file_of_the_database_after_the_scrubbing(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        var mark = "a key that opens all else"u8.ToArray();
        string file;
        await using (var connection = await made.Database.OpenAsync(Stop))
        {
            for (var i = 0; i < 5; i++)
            {
                await connection.ExecuteAsync(
                    "INSERT INTO person (id, key, sealed, mark, gallery, created, changed, source) VALUES (@id, @key, @key, @mark, 'g', 1, 1, 's')",
                    [("@id", $"{i}"), ("@key", i == 2 ? mark : new byte[25]), ("@mark", BitConverter.GetBytes(i))], Stop);
            }

            file = engine == "sqlite" ? connection.DataSource : "";
            await connection.ExecuteAsync("DELETE FROM person WHERE id = '2'", [], Stop);
        }

        await made.Database.ScrubAsync(Stop);

        Assert.Equal(-1, (await RowsOfPeopleAsync(made.Database, file)).AsSpan().IndexOf(mark));
    }

    /// <summary>The whole file on SQLite; of PostgreSQL the table's own.</summary>
    static async Task<byte[]> RowsOfPeopleAsync(IDatabase database, string file)
    {
        if (file.Length > 0) return [.. await File.ReadAllBytesAsync(file, Stop), .. await File.ReadAllBytesAsync(file + "-wal", Stop)];

        await using var connection = await database.OpenAsync(Stop);
        await connection.ExecuteAsync("CHECKPOINT", [], Stop);
        var path = await connection.FirstAsync(
            "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('person')", row => row.GetString(0), [], Stop);
        return await File.ReadAllBytesAsync(path ?? "", Stop);
    }

    static async Task<bool[]> KeepAsync(IDatabase database, params KeptEvent[] events)
    {
        await using var connection = await database.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        var isNew = await database.KeepAsync(connection, transaction, events, Stop);
        await transaction.CommitAsync(Stop);
        return isNew;
    }

    static KeptEvent Event(string device, long seq, string body = "first") =>
        new(device, 1, seq, 1_000 + seq, 2_000 + seq, 1, "granted", "front", "person", "match", body);
}
