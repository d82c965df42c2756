using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using Xunit;

namespace EdgeFace.Tests.Hub.Intake;

/// <summary>Lists say the same on both engines, whichever column leads.</summary>
public sealed class EventListTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_filter_finds_what_a_look_at_every_event_finds(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        var all = await FillAsync(made.Database);
        await using var connection = await made.Database.OpenAsync(Stop);
        await connection.WriteAsync("INSERT INTO kind (name)", "", [.. all.Select(row => row.Kind).Distinct().Select(kind => (object?[])[kind])], Stop);
        foreach (var device in new[] { null, "d1" })
        {
            foreach (var person in new[] { null, "p2" })
            {
                foreach (var kind in new[] { null, "granted", "denied.*", "nothing.*" })
                {
                    foreach (var alarms in new[] { false, true })
                    {
                        var filter = new EventFilter(device, device is null ? null : "front", person, kind, alarms);
                        var found = await EventList.BeforeAsync(connection, filter, null, 1_000, Stop);
                        Assert.Equal(
                            all.Where(row => Passes(row, filter)).Select(row => (row.Device, row.Seq)).Reverse(), found.Select(what => (what.Device, what.Seq)));
                    }
                }
            }
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_time_is_cut_to_the_microsecond_and_pages_follow_each_other(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        var all = await FillAsync(made.Database);
        await using var connection = await made.Database.OpenAsync(Stop);
        var filter = new EventFilter(From: Moment.Of(all[20].Received), Until: Moment.Of(all[70].Received));

        List<SeenEvent> found = [];
        while (await EventList.BeforeAsync(connection, filter, found.Count == 0 ? null : found[^1].Id, 7, Stop) is { Count: > 0 } page) found.AddRange(page);

        Assert.Equal(all[20..70].Select(row => row.Seq).Reverse(), found.Select(what => what.Seq));
    }

    [Fact]
    public async Task A_block_that_is_committed_after_a_larger_one_is_read_all_the_same()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        await using var slow = await made.Database.OpenAsync(Stop);
        await using var transaction = await slow.BeginTransactionAsync(Stop);
        await made.Database.KeepAsync(slow, transaction, [Event("a", 0, 1)], Stop);
        await FillAsync(made.Database);
        await using var connection = await made.Database.OpenAsync(Stop);
        var cursor = new EventCursor(made.Database, 0, TimeProvider.System);

        var first = await cursor.NextAsync(connection, 1_000, Stop);
        Assert.DoesNotContain(first, what => what.Device == "a");
        Assert.True(cursor.Safe < first[0].Id);

        await transaction.CommitAsync(Stop);
        Assert.Equal(["a"], (await cursor.NextAsync(connection, 1_000, Stop)).Select(what => what.Device));
        Assert.Empty(await cursor.NextAsync(connection, 1_000, Stop));
    }

    /// <summary>Minutes apart, so that no two are within the disorder that lists allow for.</summary>
    static async Task<KeptEvent[]> FillAsync(IDatabase database)
    {
        KeptEvent[] all = [.. Enumerable.Range(1, 100).Select(i => Event($"d{i % 3}", i, i))];
        await using var connection = await database.OpenAsync(Stop);
        foreach (var some in all.Chunk(10))
        {
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            await database.KeepAsync(connection, transaction, some, Stop);
            await transaction.CommitAsync(Stop);
        }

        return all;
    }

    static bool Passes(KeptEvent row, EventFilter filter) =>
        (filter.Device is null || row.Device == filter.Device) && (filter.Door is null || row.Door == filter.Door)
        && (filter.Person is null || row.Person == filter.Person) && (!filter.AlarmsOnly || row.Priority == 0)
        && (filter.Kind is null || (filter.Kind.EndsWith('*') ? row.Kind.StartsWith(filter.Kind[..^1], StringComparison.Ordinal) : row.Kind == filter.Kind));

    static KeptEvent Event(string device, int i, long seq) => new(
        device, 1, seq, i * 1_000_000L, 1_700_000_000_000_000 + (i * 300_000_000L), i % 5 == 0 ? 0 : 1,
        (i % 4) switch { 0 => "denied.spoof", 1 => "denied.no-match", _ => "granted" }, i % 2 == 0 ? "front" : "back", i % 4 < 2 ? null : $"p{i % 7}", "reason", "{\"data\":{}}");
}
