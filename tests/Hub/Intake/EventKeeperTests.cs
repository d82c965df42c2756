using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Intake;

/// <summary>Events are kept once and receipted after that, whatever comes twice, in the wrong order, or at two instances at once.</summary>
public sealed class EventKeeperTests(PostgresServer server)
{
    static readonly DateTimeOffset Morning = DateTimeOffset.UtcNow - TimeSpan.FromHours(2);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task What_is_kept_is_receipted_and_what_comes_again_is_receipted_again(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();

        bed.Take("door-1", Granted("door-1", 1), Granted("door-1", 2));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 2);
        bed.Take("door-1", Granted("door-1", 2), Granted("door-1", 3));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 4);

        Assert.Equal(3, await bed.CountAsync("SELECT count(*) FROM event"));
        Assert.Equal((3L, 1L), (bed.Keeper.KeptCount, bed.Keeper.AgainCount));
        Assert.Equal(3, await bed.CountAsync("SELECT sum(count) FROM tally"));
        Assert.Equal(3, await bed.CountAsync("SELECT sum(count) FROM total"));
        Assert.Equal(3, await bed.CountAsync("SELECT sum(count) FROM swiftness"));
        Assert.Equal(0, await bed.CountAsync("SELECT count(*) FROM conflict"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Another_event_under_a_number_that_is_taken_is_kept_beside_it_once(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();

        bed.Take("door-1", Granted("door-1", 1));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 1);
        bed.Take("door-1", Granted("door-1", 1) with { Reason = "another" });
        bed.Take("door-1", Granted("door-1", 1) with { Reason = "another" });
        await Eventually.TrueAsync(() => bed.Receipted.Count >= 2 && bed.Keeper.AgainCount == 2);

        Assert.Equal(1, await bed.CountAsync("SELECT count(*) FROM event"));
        Assert.Equal(1, await bed.CountAsync("SELECT count(*) FROM conflict"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_letter_that_an_engine_does_not_take_stops_nobody(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();

        bed.Take("door-1", Granted("door-1", 1) with { Reason = "a\0b", Door = "\0" });
        bed.Take("door-2", Granted("door-2", 1));

        await Eventually.TrueAsync(() => bed.Receipted.Count == 2);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_door_stands_as_the_newest_event_says_in_whatever_order_they_come(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();

        bed.Take("door-1", Door(4, "door.closed", 4), Door(5, "door.lockdown", 5));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 2);
        bed.Take("door-1", Door(1, "door.forced", 1), Door(2, "door.lockdown", 2), Door(3, "door.lockdown-ended", 3));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 5);

        await using var connection = await made.Database.OpenAsync(Stop);
        Assert.Equal(
            [("closed", 1L)], await connection.ListAsync("SELECT state, lockdown FROM door", row => (row.GetString(0), row.GetInt64(1)), [], Stop));
    }

    [Fact]
    public async Task Two_instances_that_are_sent_all_events_keep_and_count_each_once_between_them()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        await using var other = made.Again();
        await using var bed = new IntakeBed(made.Database);
        await using var second = new IntakeBed(other);
        await bed.StartAsync();
        await second.StartAsync();
        const int Devices = 30, Each = 20;

        foreach (var seq in Enumerable.Range(1, Each))
        {
            for (var device = 0; device < Devices; device++)
            {
                bed.Take($"door-{device}", Granted($"door-{device}", seq));
                second.Take($"door-{Devices - 1 - device}", Granted($"door-{Devices - 1 - device}", seq));
            }
        }

        await Eventually.TrueAsync(() => bed.Receipted.Count == Devices * Each && second.Receipted.Count == Devices * Each);
        Assert.Equal(Devices * Each, await bed.CountAsync("SELECT count(*) FROM event"));
        Assert.Equal(Devices * Each, await bed.CountAsync("SELECT sum(count) FROM tally"));
        Assert.Equal(Devices * Each, await bed.CountAsync("SELECT sum(count) FROM total"));
        Assert.Equal(Devices * Each, bed.Keeper.KeptCount + second.Keeper.KeptCount);
        Assert.Equal(0, await bed.CountAsync("SELECT count(*) FROM conflict"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_is_missing_between_two_numbers_is_found_and_what_is_gone_is_not_asked_for(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();
        bed.Take("door-1", Granted("door-1", 1), Granted("door-1", 2), Granted("door-1", 5), Granted("door-1", 9));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 4);

        await using var connection = await made.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("INSERT INTO gone (device, boot, first, last, why) VALUES ('door-1', NULL, 6, 7, 'pruned')", [], Stop);
        var watch = await HoleSweep.LookAsync(connection, "door-1", new HoleSweep.Watch([], default), Stop);

        Assert.Equal([new MissedRange(1, 3, 4), new MissedRange(1, 8, 8)], watch.Holes);
        Assert.Equal(2, await connection.NumberAsync("SELECT seq FROM complete WHERE device = 'door-1'", [], Stop));
        Assert.Equal(watch.Holes, (await HoleSweep.LookAsync(connection, "door-1", new HoleSweep.Watch([], new EventKey(1, 2)), Stop)).Holes);

        bed.Take("door-1", Granted("door-1", 3), Granted("door-1", 12));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 6);
        watch = await HoleSweep.LookAsync(connection, "door-1", watch, Stop);
        Assert.Equal([new MissedRange(1, 4, 4), new MissedRange(1, 8, 8), new MissedRange(1, 10, 11)], watch.Holes);
        Assert.Equal((new EventKey(1, 3), new EventKey(1, 12)), (watch.Complete, watch.Seen));
    }

    static OutboxEvent Granted(string device, long seq) => new(
        device, new EventKey(1, seq), Morning + TimeSpan.FromSeconds(seq), "granted", OutboxPriority.Access, "front", "front", new string('a', 32), "match", 0.9, 0.4,
        null, new Dictionary<string, string> { ["capture_to_relay_ms"] = "250" });

    static OutboxEvent Door(long seq, string kind, int second) =>
        new("door-1", new EventKey(1, seq), Morning + TimeSpan.FromSeconds(second), kind, OutboxPriority.Access, "front");
}
