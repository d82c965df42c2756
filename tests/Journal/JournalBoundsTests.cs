using EdgeFace.Journal;
using EdgeFace.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Journal;

public sealed class JournalBoundsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_its_size_the_oldest_leave_and_the_rest_stays_proved()
    {
        using var bed = new JournalBed { Options = Small(JournalFull.DropOldest) };
        using (var journal = bed.Open())
        {
            await AppendAsync(bed, journal, 12_000);
            Assert.Equal((0, true), (journal.Lost, journal.Pruned > 0));
            Assert.Equal(journal.Pruned, journal.PrunedUnsent);
        }

        Assert.InRange(new FileInfo(bed.Folder.Journal).Length, 500_000, 1_200_000);

        var verdict = bed.Verify();
        var pruned = bed.Events().Where(entry => entry.What.Kind == "journal.pruned").ToList();
        Assert.Equal(JournalProof.Intact, verdict.Proof);
        Assert.True(verdict.First?.Seq > 1);
        Assert.NotEmpty(pruned);
        Assert.All(pruned, entry => Assert.Equal(("size-too-small", EventPriority.Alarm), (entry.What.Reason, entry.What.Priority)));
        await bed.WriteAsync(10); // and it goes on from there
        Assert.Equal(JournalProof.Intact, bed.Verify().Proof);
    }

    [Fact]
    public async Task What_nobody_confirmed_stays_when_told_so_and_newcomers_are_refused_by_rank()
    {
        using var bed = new JournalBed { Options = Small(JournalFull.KeepUnsent) };
        using var journal = bed.Open();
        while (journal.Lost == 0) await AppendAsync(bed, journal, 200);

        Assert.Equal(0, journal.Pruned);
        Assert.NotNull(await journal.AppendAsync(bed.What("fire", EventPriority.Alarm)));
        await journal.ConfirmAsync(1, journal.Read().LastSeq());
        await Eventually.TrueAsync(() => journal.AppendAsync(bed.What("again", EventPriority.Telemetry)) is { IsCompleted: false });
        Assert.Equal(JournalProof.Intact, bed.Verify().Proof);
        Assert.Contains(bed.Events(), entry => entry.What.Kind == "journal.gap");
    }

    [Fact]
    public async Task What_is_older_than_the_retention_leaves_but_not_by_a_clock_that_jumped()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, default));
        var wall = new WallClock(time);
        using var bed = new JournalBed { Time = wall, Options = new JournalOptions(RetentionDays: 30, CommitWindowMs: 0, ReserveMegabytes: 0) };
        using (var journal = bed.Open()) for (var i = 0; i < 20; i++) await journal.AppendAsync(bed.What());

        time.Advance(TimeSpan.FromDays(10));
        using (var journal = bed.Open())
        {
            for (var i = 0; i < 20; i++) await journal.AppendAsync(bed.What());
            wall.Ahead = TimeSpan.FromDays(3_650);
            await journal.AppendAsync(bed.What());
            Assert.Equal(0, journal.Pruned);
            wall.Ahead = TimeSpan.Zero;
        }

        time.Advance(TimeSpan.FromDays(21));
        using (var journal = bed.Open())
        {
            journal.ClockTrusted = false;
            time.Advance(TimeSpan.FromMinutes(2));
            await journal.AppendAsync(bed.What());
            Assert.Equal(0, journal.Pruned);
            journal.ClockTrusted = true;
            time.Advance(TimeSpan.FromMinutes(2));
            await journal.AppendAsync(bed.What());
            Assert.Equal(20, journal.Pruned);
        }

        Assert.Equal((JournalProof.Intact, 21L), (bed.Verify().Proof, bed.Verify().First?.Seq));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_step_of_the_clock_the_retention_goes_on_once_the_clock_is_trusted_anew(bool trustedAtStart)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, default));
        var wall = new WallClock(time);
        using var bed = new JournalBed { Time = wall, Options = new JournalOptions(RetentionDays: 30, CommitWindowMs: 0, ReserveMegabytes: 0) };
        using (var journal = bed.Open()) for (var i = 0; i < 20; i++) await journal.AppendAsync(bed.What());
        time.Advance(TimeSpan.FromDays(31));

        using var stepped = EventJournal.Open(bed.Folder, bed.Options, JournalBed.Device, wall, clockTrusted: trustedAtStart);
        wall.Ahead = TimeSpan.FromHours(1); // an honest one: from now on it is right
        await AppendLaterAsync();
        Assert.Equal(0, stepped.Pruned);
        if (trustedAtStart)
        {
            stepped.ClockTrusted = true; // no news: a jump is not forgotten for it
            await AppendLaterAsync();
            Assert.Equal(0, stepped.Pruned);
            stepped.ClockTrusted = false;
        }

        stepped.ClockTrusted = true;
        await AppendLaterAsync();
        Assert.Equal(20, stepped.Pruned);

        async Task AppendLaterAsync()
        {
            time.Advance(TimeSpan.FromMinutes(2));
            await stepped.AppendAsync(bed.What());
        }
    }

    [Fact]
    public async Task Snapshots_are_kept_only_where_turned_on_sealed_bound_to_their_event_and_for_their_time()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, default));
        var options = new JournalOptions(CommitWindowMs: 0, ReserveMegabytes: 0, SnapshotHours: 2, SnapshotKilobytesMax: 1, SnapshotsMax: 3);
        using var off = new JournalBed { Time = time, Options = options };
        using (var journal = off.Open()) await journal.AppendAsync(off.What(), new byte[10]);
        Assert.False(File.Exists(off.Folder.Key));

        using var bed = new JournalBed { Time = time, Options = options with { Snapshots = true } };
        var picture = Enumerable.Range(0, 200).Select(i => (byte)i).ToArray();
        using (var journal = bed.Open())
        {
            using var key = SealingKey.Read(bed.Folder.Key);
            var id = await journal.AppendAsync(bed.What(), picture) ?? default;
            var large = await journal.AppendAsync(bed.What(), new byte[1_025]) ?? default;
            Assert.Equal(picture, journal.Read().Snapshot(id, key, time.GetUtcNow()));
            Assert.Null(journal.Read().Snapshot(large, key, time.GetUtcNow()));
            Assert.Null(journal.Read().Snapshot(id, key, time.GetUtcNow().AddHours(2)));
            bed.Sql($"UPDATE snapshot SET seq = {large.Seq}");
            Assert.Null(journal.Read().Snapshot(large, key, time.GetUtcNow()));

            for (var i = 0; i < 5; i++) await journal.AppendAsync(bed.What(), picture);
            await Eventually.TrueAsync(() => Snapshots(bed) == 3);
            time.Advance(TimeSpan.FromHours(3));
            await Eventually.TrueAsync(() => Snapshots(bed) == 0);
        }

        Assert.Equal(-1, (await File.ReadAllBytesAsync(bed.Folder.Journal, Stop)).AsSpan().IndexOf(picture.AsSpan(0, 16)));
    }

    static long Snapshots(JournalBed bed)
    {
        using var connection = JournalConnection.OpenReadOnly(bed.Folder.Journal, TimeSpan.FromSeconds(5));
        return connection.Scalar<long>("SELECT count(*) FROM snapshot");
    }

    static JournalOptions Small(JournalFull whenFull) =>
        new(MegabytesMax: 1, CommitWindowMs: 0, ReserveMegabytes: 0, WhenFull: whenFull, EventsMin: 100_000);

    static async Task AppendAsync(JournalBed bed, EventJournal journal, int count)
    {
        for (var i = 0; i < count; i += 100)
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => journal.AppendAsync(bed.What(priority: EventPriority.Telemetry))));
    }

    /// <summary>A wall clock that somebody sets, over a monotonic one that nobody can.</summary>
    sealed class WallClock(TimeProvider steady) : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long TimestampFrequency => steady.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + Ahead;

        public override long GetTimestamp() => steady.GetTimestamp();
    }
}
