using System.Text;
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
        List<ResendRequest> requests = [];
        var begin = _time.GetTimestamp();
        sweep.Ask = (device, text) =>
        {
            asked.Add(_time.GetElapsedTime(begin));
            Assert.True(SignedText.TryOpen(Encoding.ASCII.GetBytes(text), ResendRequest.Type, _ => keys.Of(KeyRole.Receipt).Public, out var payload, out _));
            requests.Add(Assert.IsType<ResendRequest>(ResendRequest.Parse(payload)));
        };

        await TurnAsync(sweep, rounds: 120);
        Assert.Equal([0.5, 1.5, 3, 6, 12, 22, 32, 42, 52], asked.Select(at => at.TotalMinutes));

        await KeepAsync(made.Database, 5); // another one is missing behind it, which is asked for as quickly as the first was
        asked.Clear();
        requests.Clear();
        begin = _time.GetTimestamp();
        await TurnAsync(sweep, rounds: 4);
        Assert.Equal([0.5, 1.5], asked.Select(at => at.TotalMinutes));
        Assert.All(requests, request => Assert.Equal([new MissedRange(1, 4, 4)], request.Ranges));

        await KeepAsync(made.Database, 2);
        await TurnAsync(sweep, rounds: 1);
        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal(1, await connection.NumberAsync("SELECT missing FROM device WHERE name = 'door-1'", [], Stop));
    }

    [Fact]
    public async Task While_a_backlog_comes_nothing_is_asked_for_that_comes_with_it()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await KeepAsync(made.Database, 1, 50, 100); // alarms have overtaken it
        using var keys = Keys();
        using var sweep = new HoleSweep(made.Database, keys, _time, NullLogger<HoleSweep>.Instance);
        var asked = 0;
        sweep.Ask = (_, _) => asked++;
        for (var seq = 2; seq < 10; seq++)
        {
            await TurnAsync(sweep, rounds: 1);
            await KeepAsync(made.Database, seq);
        }

        Assert.Equal(0, asked);
        await TurnAsync(sweep, rounds: 3); // it has ended in the midst
        Assert.Equal(1, asked);

        for (var seq = 10; seq < 30; seq++)
        {
            await TurnAsync(sweep, rounds: 1);
            await KeepAsync(made.Database, seq);
        }

        Assert.True(asked > 1, "A trickle holds back no hole for longer than five minutes.");
    }

    [Fact]
    public async Task A_hole_is_looked_at_before_it_is_asked_for_again_however_silent_the_device_has_been()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await KeepAsync(made.Database, 1, 3);
        using var keys = Keys();
        using var sweep = new HoleSweep(made.Database, keys, _time, NullLogger<HoleSweep>.Instance);
        var asked = 0;
        sweep.Ask = (_, _) => asked++;
        await TurnAsync(sweep, rounds: 10);
        var before = asked;

        await using var connection = await made.Database.OpenAsync(Stop);
        await KeepAsync(made.Database, 2);
        await connection.ExecuteAsync("UPDATE device SET event_at = 1", [], Stop); // as if it had come in a round that this instance did not do
        await TurnAsync(sweep, rounds: 30);

        Assert.Equal(before, asked);
        Assert.Equal(0, await connection.NumberAsync("SELECT missing FROM device", [], Stop));
    }

    [Fact]
    public async Task Behind_a_hole_that_nobody_fills_only_what_is_new_is_read()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await KeepAsync(made.Database, [1, .. Enumerable.Range(3, 20)]);
        await using var connection = await made.Database.OpenAsync(Stop);
        var watch = await HoleSweep.LookAsync(connection, "door-1", new HoleSweep.Watch([], default), Stop);
        Assert.Equal(new EventKey(1, 22), watch.Seen);

        await connection.ExecuteAsync("DELETE FROM event WHERE seq = 10", [], Stop); // nobody does that: only whoever reads it once more sees it
        await KeepAsync(made.Database, 24);
        watch = await HoleSweep.LookAsync(connection, "door-1", watch, Stop);
        Assert.Equal([new MissedRange(1, 2, 2), new MissedRange(1, 23, 23)], watch.Holes);
    }

    [Fact]
    public async Task With_as_many_holes_as_a_request_takes_it_goes_on_from_there_once_some_are_filled()
    {
        const int Holes = ResendRequest.RangesMax + 20;
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await KeepAsync(made.Database, [.. Enumerable.Range(0, Holes + 1).Select(hole => 1 + (2 * hole))]);
        await using var connection = await made.Database.OpenAsync(Stop);
        var watch = await HoleSweep.LookAsync(connection, "door-1", new HoleSweep.Watch([], default), Stop);
        Assert.Equal((ResendRequest.RangesMax, 2L), (watch.Holes.Count(), watch.Holes.First().From));

        await KeepAsync(made.Database, [.. Enumerable.Range(1, 30).Select(hole => 2 * hole)]);
        watch = await HoleSweep.LookAsync(connection, "door-1", watch, Stop);
        Assert.Equal(Enumerable.Range(31, Holes - 30).Select(hole => 2L * hole), watch.Holes.Select(hole => hole.From));
        Assert.Equal(new EventKey(1, 61), watch.Complete);
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
        var watch = await HoleSweep.LookAsync(connection, "door-1", new HoleSweep.Watch([], default), Stop);
        Assert.Equal([new MissedRange(1, 2, 2), new MissedRange(1, Last, Last)], watch.Holes);
        Assert.Equal(1, await connection.NumberAsync("SELECT seq FROM complete WHERE device = 'door-1'", [], Stop));

        await KeepAsync(made.Database, 2, Last);
        Assert.Empty((await HoleSweep.LookAsync(connection, "door-1", watch, Stop)).Holes);
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
