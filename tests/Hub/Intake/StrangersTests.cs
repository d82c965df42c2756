using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Intake;

/// <summary>Only who is registered and not revoked reports; others are seen, and nothing of theirs is kept.</summary>
public sealed class StrangersTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Events_of_who_is_not_registered_are_neither_kept_nor_receipted_and_counted(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();

        bed.Take("nobody", Event("nobody", 1), Event("nobody", 2));
        bed.Take("nobody", Event("nobody", 1));
        bed.Take("door-1", Event("door-1", 1));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 1 && bed.Keeper.StrangeCount == 3);

        Assert.Equal([("door-1", new EventKey(1, 1))], bed.Receipted);
        Assert.Equal(1, await bed.CountAsync("SELECT count(*) FROM event"));
        Assert.Equal(1, await bed.CountAsync("SELECT sum(count) FROM tally"));
        var stranger = Assert.Single(await SeenAsync(made.Database));
        Assert.Equal(("nobody", 3L, false), (stranger.Device, stranger.Events, stranger.IsRevoked));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_revoked_device_is_not_believed_whatever_time_it_says_and_brings_all_when_it_is_registered_again(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();
        var devices = new DeviceStore(made.Database, TimeProvider.System);
        bed.Take("door-1", Event("door-1", 1));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 1);

        await using (var connection = await made.Database.OpenAsync(Stop))
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            Assert.True(await devices.RevokeAsync(connection, transaction, "door-1", Stop));
            await transaction.CommitAsync(Stop);
        }

        bed.Take("door-1", Event("door-1", 2) with { At = DateTimeOffset.UtcNow - TimeSpan.FromDays(3) });
        await Eventually.TrueAsync(() => bed.Keeper.StrangeCount == 1);
        Assert.True(Assert.Single(await SeenAsync(made.Database)).IsRevoked);
        Assert.Equal((1, 1L), (bed.Receipted.Count, await bed.CountAsync("SELECT count(*) FROM event")));

        await using (var connection = await made.Database.OpenAsync(Stop))
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            await devices.RegisterAsync(connection, transaction, "door-1", [1], "main", Stop);
            await transaction.CommitAsync(Stop);
        }

        bed.Take("door-1", Event("door-1", 2));
        await Eventually.TrueAsync(() => bed.Receipted.Count == 2);
        Assert.Empty(await SeenAsync(made.Database));
    }

    [Fact]
    public async Task Ever_new_names_fill_no_table()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var connection = await made.Database.OpenAsync(Stop);
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            await Strangers.NoteAsync(connection, transaction, Enumerable.Range(0, 1_100).Select(i => ($"d{i}", 1L)), 1, Stop);
            await Strangers.NoteAsync(connection, transaction, [("d0", 5L)], 2, Stop);
            await transaction.CommitAsync(Stop);
        }

        Assert.Equal(1_000, await connection.NumberAsync("SELECT count(*) FROM stranger", [], Stop));
        Assert.Equal(6, await connection.NumberAsync("SELECT events FROM stranger WHERE device = 'd0'", [], Stop));
    }

    [Fact]
    public async Task An_unknown_device_that_speaks_is_on_the_page_of_devices()
    {
        await using var hub = await HubUnderTest.StartAsync();
        hub.The<EventKeeper>().Take(new EdgeFace.Consumer.Heard("who-is-it", new UpMessage(UpChannel.Events, EventBatch.Write([Event("who-is-it", 1)], 60_000, out _))));
        await Eventually.TrueAsync(() => hub.The<EventKeeper>().StrangeCount == 1);
        var browser = await hub.SignInAsync(EdgeFace.Hub.Operators.OperatorRole.Operator);

        var page = await browser.GetStringAsync("/devices", Stop);

        Assert.Contains("An unknown device is speaking: <strong>who-is-it</strong>. 1 events were refused", page, StringComparison.Ordinal);
    }

    static async Task<List<Stranger>> SeenAsync(IDatabase database)
    {
        await using var connection = await database.OpenAsync(Stop);
        return await Strangers.ListAsync(connection, DateTimeOffset.UtcNow, 10, Stop);
    }

    static OutboxEvent Event(string device, long seq) =>
        new(device, new EventKey(1, seq), DateTimeOffset.UtcNow - TimeSpan.FromHours(1), "granted", OutboxPriority.Access, "front", "front", null, "match");
}
