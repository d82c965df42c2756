using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Pages;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Intake;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Fleet;

/// <summary>How a door stands on the wall after what was heard of it.</summary>
public sealed class DoorWallTests(PostgresServer server)
{
    static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddMinutes(-5);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(MadeDatabase.Engines), MemberType = typeof(MadeDatabase))]
    public async Task A_lockout_is_shown_with_the_time_that_is_left_until_it_is_over_or_ended(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();
        await OnlineAsync(made.Database, "online");
        var wall = new DoorWall(made.Database, TimeProvider.System);

        await HearAsync(bed, Event(1, "door.locked"), Event(2, "door.locked-out", 600, 5) with { Reason = "attempts" });
        var door = await FrontAsync(wall);
        Assert.Equal(("Shut after too many tries", "warn"), DoorText.State(door, Start.AddSeconds(10)));
        Assert.Equal(592, door.LockedOutFor(Start.AddSeconds(10))?.TotalSeconds ?? 0, 0.001);
        Assert.Equal((1, 0), await FiguresAsync(wall));
        Assert.Equal(("Locked", "ok"), DoorText.State(door, Start.AddSeconds(603)));

        await HearAsync(bed, Face(Event(3, "denied.locked-out", 500, 5))); // somebody stood there: it has become less in between, as a restart can do
        Assert.Equal(503, (await FrontAsync(wall)).LockedOutFor(Start)?.TotalSeconds ?? 0, 0.001);

        await HearAsync(bed, Event(5, "door.lockout-ended", 400), Face(Event(4, "denied.locked-out", 499, 5))); // what came before and is heard later changes nothing
        Assert.Null((await FrontAsync(wall)).LockedOutFor(DateTimeOffset.UtcNow));
        await HearAsync(bed, Event(6, "door.locked-out", 900, 5) with { Reason = "card-attempts" }, Event(7, "denied.locked-out", 899, 5)); // faces are let in
        Assert.Null((await FrontAsync(wall)).LockedOutFor(DateTimeOffset.UtcNow));
        Assert.Equal((0, 0), await FiguresAsync(wall));
    }

    [Fact]
    public async Task Of_a_device_that_is_offline_nothing_is_said_in_green()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();
        await OnlineAsync(made.Database, "online");
        var wall = new DoorWall(made.Database, TimeProvider.System);

        await HearAsync(bed, Event(1, "door.locked"), Event(2, "camera.live"));
        Assert.Equal((("Locked", "ok"), ("works", "ok")), Shown(await FrontAsync(wall)));
        await OnlineAsync(made.Database, "offline");
        Assert.Equal((("Locked when last heard", "off"), ("worked when last heard", "off")), Shown(await FrontAsync(wall)));
        await HearAsync(bed, Event(3, "door.forced"));
        Assert.Equal(("Forced open when last heard", "fail"), DoorText.State(await FrontAsync(wall), Start));

        static ((string, string), (string, string)) Shown(DoorView door) => (DoorText.State(door, Start), DoorText.Camera(door));
    }

    [Fact]
    public async Task An_operators_act_puts_no_door_on_the_wall_and_an_own_broker_that_begins_takes_all_devices_off_line()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();
        await OnlineAsync(made.Database, "online");
        var wall = new DoorWall(made.Database, TimeProvider.System);

        await HearAsync(bed, Event(1, "door.locked"), Event(2, "operator.lockout") with { Door = "frnt" });
        Assert.Equal("front", Assert.Single(await wall.ListAsync(null, null, 10, Stop)).Name);
        Assert.True((await FrontAsync(wall)).IsOnline);
        await new DeviceStore(made.Database, TimeProvider.System).AllGoneAsync(Stop);
        Assert.False((await FrontAsync(wall)).IsOnline);
    }

    [Fact]
    public async Task A_device_that_was_stopped_and_begins_again_stands_as_it_says()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new IntakeBed(made.Database);
        await bed.StartAsync();
        await OnlineAsync(made.Database, "online");
        var wall = new DoorWall(made.Database, TimeProvider.System);

        await HearAsync(bed, Event(1, "door.shut-down"));
        Assert.Equal(("Device stopped", "off"), DoorText.State(await FrontAsync(wall), Start));
        await HearAsync(bed, Event(2, "door.locked"));
        Assert.Equal(("Locked", "ok"), DoorText.State(await FrontAsync(wall), Start));
    }

    static OutboxEvent Event(long seq, string kind, double? value = null, double? limit = null) => new(
        "door-1", new EventKey(1, seq), Start.AddSeconds(seq), kind, OutboxPriority.Access, "front", null, null, null, value, limit, null, null);

    static OutboxEvent Face(OutboxEvent what) => what with { More = new Dictionary<string, string> { ["track"] = "7" } };

    static async Task HearAsync(IntakeBed bed, params OutboxEvent[] events)
    {
        var before = bed.Receipted.Count;
        bed.Take("door-1", events);
        await Eventually.TrueAsync(() => bed.Receipted.Count >= before + events.Length);
    }

    static async Task<DoorView> FrontAsync(DoorWall wall) => Assert.IsType<DoorView>(await wall.FindAsync("door-1", "front", Stop));

    static async Task<(long Lockouts, long Alarms)> FiguresAsync(DoorWall wall) => await wall.FiguresAsync(Stop) is var figures ? (figures.Lockouts, figures.Alarms) : default;

    static async Task OnlineAsync(IDatabase database, string status)
    {
        await using var connection = await database.OpenAsync(Stop);
        await connection.ExecuteAsync("UPDATE device SET status = @status, status_at = @at", [("@status", status), ("@at", Moment.Of(Start))], Stop);
    }
}
