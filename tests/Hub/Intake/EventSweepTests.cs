using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Hub.Intake;

/// <summary>Old events go, and what is known of them stays right.</summary>
public sealed class EventSweepTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task What_was_taken_away_is_no_hole_is_not_taken_in_again_and_is_receipted(string engine)
    {
        await using var bed = await SweepBed.StartAsync(engine, server);
        await bed.TakeAsync([1, 2, 3, 5, 6]);
        var between = DateTimeOffset.UtcNow;
        await bed.TakeAsync([8, 9]);

        Assert.Equal(5, await bed.Sweep.BiteAsync(between, Stop));
        Assert.Equal(0, await bed.Sweep.BiteAsync(between, Stop));

        Assert.Equal(2, await bed.CountAsync("SELECT count(*) FROM event"));
        Assert.Equal([new MissedRange(null, 4, 4), new MissedRange(null, 7, 7)], await bed.HolesAsync()); // in which boot is no longer known
        // Sent once more, with one that never came: only that one is new.
        await bed.TakeAsync([1, 2, 3, 4, 5, 6, 8]);
        Assert.Equal([4, 8, 9], await bed.SeqsAsync());
        Assert.Equal(8, await bed.CountAsync("SELECT sum(count) FROM tally"));
        Assert.Equal(0, await bed.CountAsync("SELECT count(*) FROM conflict"));
        Assert.Equal([new MissedRange(1, 7, 7)], await bed.HolesAsync());

        Assert.Equal(3, await bed.Sweep.BiteAsync(DateTimeOffset.UtcNow, Stop));
        Assert.Equal([(1L, 6L), (8L, 9L)], await bed.RangesAsync());
        Assert.Empty(await bed.SeqsAsync());
        await bed.TakeAsync([10]);
        Assert.Equal([new MissedRange(null, 7, 7)], await bed.HolesAsync());

        await bed.Sweep.TellAsync(Stop);
        await bed.Sweep.TellAsync(Stop);
        var told = Assert.Single(await bed.Audit.ListAsync(new AuditQuery("events.sweep"), 10, Stop));
        Assert.StartsWith("8 events", told.Detail, StringComparison.Ordinal);
        Assert.True((await bed.Audit.VerifyAsync(Stop)).IsWhole);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Many_go_in_small_bites(string engine)
    {
        await using var bed = await SweepBed.StartAsync(engine, server);
        foreach (var some in Enumerable.Range(1, 2_500).Chunk(100)) await bed.TakeAsync(some);

        Assert.Equal(EventSweep.Bite, await bed.Sweep.BiteAsync(DateTimeOffset.UtcNow, Stop));
        Assert.Equal(1_500, await bed.CountAsync("SELECT count(*) FROM event"));
        Assert.Equal(EventSweep.Bite, await bed.Sweep.BiteAsync(DateTimeOffset.UtcNow, Stop));
        Assert.Equal(500, await bed.Sweep.BiteAsync(DateTimeOffset.UtcNow, Stop));

        Assert.Equal([(1L, 2_500L)], await bed.RangesAsync());
    }

    [Fact]
    public async Task One_that_comes_while_it_is_being_taken_away_is_not_in_twice()
    {
        await using var bed = await SweepBed.StartAsync("postgresql", server);
        await bed.TakeAsync([1]);
        await using var connection = await bed.Made.Database.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await connection.ExecuteAsync("DELETE FROM event", [], Stop, transaction);
        await SweptEvents.AddAsync(connection, transaction, "door-1", [new EventKey(1, 1)], Stop);

        bed.Intake.Take("door-1", SweepBed.Event(1)); // waits for the row that is going
        await Task.Delay(300, Stop);
        Assert.Single(bed.Intake.Receipted);
        await transaction.CommitAsync(Stop);
        await Eventually.TrueAsync(() => bed.Intake.Receipted.Count == 2);

        Assert.Empty(await bed.SeqsAsync());
    }

    [Fact]
    public void Neighbours_are_one_range() => Assert.Equal(
        [new SeqRange(1, 1, 9), new SeqRange(2, 10, 10)],
        SweptEvents.Joined([new SeqRange(2, 10, 10), new SeqRange(1, 4, 6), new SeqRange(1, 1, 3), new SeqRange(1, 5, 9)]));

    sealed class SweepBed : IAsyncDisposable
    {
        readonly ScratchFolder _scratch = new();

        SweepBed(MadeDatabase made)
        {
            (Made, Intake) = (made, new IntakeBed(made.Database));
            var folder = new HubFolder(_scratch["hub"]);
            folder.Create();
            Audit = new AuditLog(made.Database, folder, TimeProvider.System);
            Sweep = new EventSweep(made.Database, new EventRetention(TimeSpan.FromDays(30)), Audit, TimeProvider.System, NullLogger<EventSweep>.Instance);
        }

        public MadeDatabase Made { get; }

        public IntakeBed Intake { get; }

        public AuditLog Audit { get; }

        public EventSweep Sweep { get; }

        public static async Task<SweepBed> StartAsync(string engine, PostgresServer server)
        {
            var bed = new SweepBed(await MadeDatabase.MakeAsync(engine, server));
            await bed.Intake.StartAsync();
            return bed;
        }

        public static OutboxEvent Event(long seq) => new(
            "door-1", new EventKey(1, seq), DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000), "granted", OutboxPriority.Access, "front", "front", null, "match");

        public async Task TakeAsync(int[] seqs)
        {
            var before = Intake.Receipted.Count;
            Intake.Take("door-1", [.. seqs.Select(seq => Event(seq))]);
            await Eventually.TrueAsync(() => Intake.Receipted.Count == before + seqs.Length);
        }

        public Task<long> CountAsync(string sql) => Intake.CountAsync(sql);

        public async Task<IReadOnlyList<MissedRange>> HolesAsync()
        {
            await using var connection = await Made.Database.OpenAsync(Stop);
            return [.. (await HoleSweep.LookAsync(connection, "door-1", new HoleSweep.Watch([], default), Stop)).Holes];
        }

        public async Task<List<long>> SeqsAsync()
        {
            await using var connection = await Made.Database.OpenAsync(Stop);
            return await connection.ListAsync("SELECT seq FROM event ORDER BY seq", row => row.GetInt64(0), [], Stop);
        }

        public async Task<List<(long, long)>> RangesAsync()
        {
            await using var connection = await Made.Database.OpenAsync(Stop);
            return await connection.ListAsync("SELECT first, last FROM swept ORDER BY first", row => (row.GetInt64(0), row.GetInt64(1)), [], Stop);
        }

        public async ValueTask DisposeAsync()
        {
            Sweep.Dispose();
            await Intake.DisposeAsync();
            await Made.DisposeAsync();
            _scratch.Dispose();
        }
    }
}
