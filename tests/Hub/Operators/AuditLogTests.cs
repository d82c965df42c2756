using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class AuditLogTests : IAsyncLifetime
{
    readonly ScratchFolder _scratch = new(inMemory: true);
    readonly HubFolder _folder;
    readonly SqliteDatabase _database;
    readonly AuditLog _audit;

    public AuditLogTests()
    {
        _folder = new HubFolder(_scratch["hub"]);
        _folder.Create();
        _database = new SqliteDatabase(_folder.Database);
        _audit = new AuditLog(_database, _folder, TimeProvider.System);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.MigrateAsync(Stop);
        for (var i = 1; i <= 5; i++) await _audit.WriteAsync("anna", "door.unlock", $"front {i}", "for the postman", Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task What_was_written_is_whole() => Assert.Equal(new AuditVerdict(5), await _audit.VerifyAsync(Stop));

    [Theory]
    [InlineData("UPDATE audit SET actor = 'eve' WHERE seq = 3", 3)]
    [InlineData("UPDATE audit SET action = 'door.lock' WHERE seq = 1", 1)]
    [InlineData("UPDATE audit SET target = 'back' WHERE seq = 5", 5)]
    [InlineData("UPDATE audit SET detail = '' WHERE seq = 2", 2)]
    [InlineData("UPDATE audit SET at = at + 1 WHERE seq = 4", 4)]
    [InlineData("DELETE FROM audit WHERE seq = 3", 3)]
    [InlineData("DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = seq - 1 WHERE seq > 3", 3)]
    [InlineData("UPDATE audit SET mac = x'00' WHERE seq = 2", 2)]
    [InlineData("DELETE FROM audit WHERE seq > 3", 4)]
    [InlineData("DELETE FROM audit", 1)]
    public async Task Whoever_has_only_the_database_changes_nothing_unseen(string sql, long seq)
    {
        await RunAsync(sql);

        var verdict = await _audit.VerifyAsync(Stop);
        Assert.False(verdict.IsWhole);
        Assert.Equal(seq, verdict.Seq);
    }

    [Fact]
    public async Task An_end_that_is_cut_off_and_grows_again_is_seen_for_good()
    {
        await RunAsync("DELETE FROM audit WHERE seq > 3");
        for (var i = 0; i < 6; i++) await _audit.WriteAsync("anna", "door.lock", "front", "", Stop);

        Assert.False(await _audit.NoteAsync(Stop));
        Assert.Equal(5, (await _audit.VerifyAsync(Stop)).Seq);
    }

    [Fact]
    public async Task A_chain_that_is_made_anew_without_the_key_is_seen()
    {
        var rows = await _audit.ListAsync(new AuditQuery(), 100, Stop);
        await using var connection = await _database.OpenAsync(Stop);
        var previous = new byte[32];
        foreach (var row in rows.OrderBy(row => row.Seq))
        {
            var forged = row with { Actor = "eve" };
            previous = forged.HashAfter(previous);
            await connection.ExecuteAsync("UPDATE audit SET actor = 'eve', hash = @hash WHERE seq = @seq", [("@hash", previous), ("@seq", row.Seq)], Stop);
        }

        var verdict = await _audit.VerifyAsync(Stop);
        Assert.Contains("MAC", verdict.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_in_a_transaction_that_is_undone_is_none_and_no_false_alarm()
    {
        await using (var connection = await _database.OpenAsync(Stop))
        {
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            await _audit.WriteAsync(connection, transaction, "anna", "people.erase", "1", "", Stop);
            await transaction.RollbackAsync(Stop);
        }

        Assert.Equal(new AuditVerdict(5), await _audit.VerifyAsync(Stop));
        await _audit.WriteAsync("anna", "people.erase", "1", "", Stop);
        Assert.Equal(new AuditVerdict(6), await _audit.VerifyAsync(Stop));
    }

    [Fact]
    public async Task An_entry_in_a_callers_transaction_is_noted_beside_the_database_afterwards()
    {
        await using (var connection = await _database.OpenAsync(Stop))
        {
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            await _audit.WriteAsync(connection, transaction, "anna", "people.erase", "1", "", Stop);
            await transaction.CommitAsync(Stop);
        }

        Assert.True(await _audit.NoteAsync(Stop));
        await RunAsync("DELETE FROM audit WHERE seq = 6");
        Assert.Equal(6, (await _audit.VerifyAsync(Stop)).Seq);
    }

    [Fact]
    public async Task Many_at_once_make_one_chain()
    {
        var logs = Enumerable.Range(0, 4).Select(_ => new AuditLog(_database, _folder, TimeProvider.System)).ToArray();
        await Task.WhenAll(logs.Select(log => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++) await log.WriteAsync("anna", "many", $"{i}", "", Stop);
        }, Stop)));

        Assert.Equal(new AuditVerdict(45), await _audit.VerifyAsync(Stop));
    }

    [Fact]
    public async Task It_is_searched_by_any_text_and_no_letter_is_a_wildcard()
    {
        await _audit.WriteAsync("bert", "operator.role", "carl", "100% _owner_", Stop);

        Assert.Equal("bert", Assert.Single(await _audit.ListAsync(new AuditQuery("BERT"), 10, Stop)).Actor);
        Assert.Single(await _audit.ListAsync(new AuditQuery("0% _"), 10, Stop));
        Assert.Empty(await _audit.ListAsync(new AuditQuery("b_rt"), 10, Stop));
        Assert.Equal([6L, 5L], (await _audit.ListAsync(new AuditQuery(), 2, Stop)).Select(row => row.Seq));
        Assert.Equal([4L, 3L], (await _audit.ListAsync(new AuditQuery(Before: 5), 2, Stop)).Select(row => row.Seq));
    }

    async Task RunAsync(string sql)
    {
        await using var connection = await _database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, [], Stop);
    }
}
