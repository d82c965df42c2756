using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Intake;

public sealed class HoleSweepTests(PostgresServer server) : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_neither_sends_nor_says_that_it_is_gone_is_asked_ever_more_seldom()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await KeepAsync(made.Database, 1, 3);
        using var keys = Keys();
        using var sweep = new HoleSweep(made.Database, keys, _time, NullLogger<HoleSweep>.Instance);
        List<TimeSpan> asked = [];
        var begin = _time.GetTimestamp();
        sweep.Ask = (device, _) => asked.Add(_time.GetElapsedTime(begin));

        await TurnAsync(sweep, rounds: 120);
        Assert.Equal([0.5, 1.5, 3, 6, 12, 22, 32, 42, 52], asked.Select(at => at.TotalMinutes));

        await KeepAsync(made.Database, 2, 5); // it came, and another is missing: that is asked for without delay
        asked.Clear();
        begin = _time.GetTimestamp();
        await TurnAsync(sweep, rounds: 22);
        Assert.InRange(asked[0].TotalMinutes, 0.5, 10.5);
        Assert.Equal(1, asked[1].TotalMinutes - asked[0].TotalMinutes);
        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal(1, await connection.NumberAsync("SELECT missing FROM device WHERE name = 'door-1'", [], Stop));
    }

    [Fact]
    public async Task A_revoked_device_is_not_asked()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await KeepAsync(made.Database, 1, 3);
        await using (var connection = await made.Database.OpenAsync(Stop)) await connection.ExecuteAsync("UPDATE device SET revoked = 1", [], Stop);
        using var keys = Keys();
        using var sweep = new HoleSweep(made.Database, keys, _time, NullLogger<HoleSweep>.Instance);
        var asked = 0;
        sweep.Ask = (_, _) => asked++;

        await TurnAsync(sweep, rounds: 5);
        Assert.Equal(0, asked);
    }

    [Theory, MemberData(nameof(MadeDatabase.Engines), MemberType = typeof(MadeDatabase))]
    public async Task A_hole_that_nobody_fills_hides_none_that_lies_far_behind_it(string engine)
    {
        const int Last = 45_000;
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await KeepAsync(made.Database, [1, .. Enumerable.Range(3, Last - 3), Last + 1]);

        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal([new MissedRange(1, 2, 2), new MissedRange(1, Last, Last)], await HoleSweep.HolesAsync(connection, "door-1", default, Stop));
        Assert.Equal(1, await connection.NumberAsync("SELECT seq FROM complete WHERE device = 'door-1'", [], Stop));

        await KeepAsync(made.Database, 2, Last);
        Assert.Empty(await HoleSweep.HolesAsync(connection, "door-1", new EventKey(1, 1), Stop));
        Assert.Equal(Last + 1, await connection.NumberAsync("SELECT seq FROM complete WHERE device = 'door-1'", [], Stop));
    }

    public void Dispose() => _scratch.Dispose();

    async Task TurnAsync(HoleSweep sweep, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await sweep.SweepAsync(Stop);
            _time.Advance(TimeSpan.FromSeconds(30));
        }
    }

    HubKeys Keys()
    {
        var folder = new HubFolder(_scratch["hub"]);
        folder.Create();
        return HubKeys.Open(folder);
    }

    async Task KeepAsync(IDatabase database, params IReadOnlyList<int> seqs)
    {
        await using var connection = await database.OpenAsync(Stop);
        await connection.ExecuteAsync(
            "INSERT INTO device (name, spki, registered, event_at) VALUES ('door-1', @spki, 0, @at) ON CONFLICT (name) DO UPDATE SET event_at = excluded.event_at",
            [("@spki", new byte[] { 1 }), ("@at", Moment.Of(_time.GetUtcNow()))], Stop);
        foreach (var some in seqs.Chunk(8_000))
        {
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            var kept = await database.KeepAsync(
                connection, transaction, [.. some.Select(seq => new KeptEvent("door-1", 1, seq, seq, seq, 1, "granted", "front", null, "match", "{}"))], Stop);
            Assert.DoesNotContain(false, kept);
            await transaction.CommitAsync(Stop);
        }
    }
}
