using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Pages;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Xunit;
using static EdgeFace.Tests.Hub.Fleet.WallBed;

namespace EdgeFace.Tests.Hub.Fleet;

/// <summary>How a door stands on the wall after what was heard of it.</summary>
public sealed class DoorWallTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(MadeDatabase.Engines), MemberType = typeof(MadeDatabase))]
    public async Task A_lockout_is_shown_with_the_time_that_is_left_until_it_is_over_or_ended(string engine)
    {
        await using var bed = await WallBed.StartAsync(server, engine);

        await bed.HearAsync(Event(1, "door.locked"), Event(2, "door.locked-out", 600, 5) with { Reason = "attempts" });
        var door = await bed.FrontAsync();
        Assert.Equal(("Shut after too many tries", "warn"), DoorText.State(door, Start.AddSeconds(10)));
        Assert.Equal(592, door.LockedOutFor(Start.AddSeconds(10))?.TotalSeconds ?? 0, 0.001);
        Assert.Equal((1, 0), await bed.FiguresAsync());
        Assert.Equal(("Locked", "ok"), DoorText.State(door, Start.AddSeconds(603)));

        await bed.HearAsync(Face(Event(3, "denied.locked-out", 500, 5))); // somebody stood there: it has become less in between, as a restart can do
        Assert.Equal(503, (await bed.FrontAsync()).LockedOutFor(Start)?.TotalSeconds ?? 0, 0.001);

        await bed.HearAsync(Event(5, "door.lockout-ended", 400), Face(Event(4, "denied.locked-out", 499, 5))); // what came before and is heard later changes nothing
        Assert.Null((await bed.FrontAsync()).LockedOutFor(Now));
        await bed.HearAsync(Event(6, "door.locked-out", 900, 5) with { Reason = "card-attempts" }, Event(7, "denied.locked-out", 899, 5)); // faces are let in
        Assert.Null((await bed.FrontAsync()).LockedOutFor(Now));
        Assert.Equal((0, 0), await bed.FiguresAsync());
    }

    [Theory, MemberData(nameof(MadeDatabase.Engines), MemberType = typeof(MadeDatabase))]
    public async Task Whether_its_liveness_limit_was_measured_at_its_camera_stands_on_the_wall(string engine)
    {
        await using var bed = await WallBed.StartAsync(server, engine);

        await bed.HearAsync(Event(1, "door.locked"));
        Assert.Null((await bed.FrontAsync()).IsCalibrated);
        await bed.HearAsync(Judged(2, "no"), Event(3, "denied.unknown-card"));
        Assert.False((await bed.FrontAsync()).IsCalibrated);
        await bed.HearAsync(Event(5, "liveness.calibrated", 0.02, 0.0125), Judged(4, "no")); // that was before
        Assert.True((await bed.FrontAsync()).IsCalibrated);
        await bed.HearAsync(Judged(6, "no")); // another camera
        Assert.False((await bed.FrontAsync()).IsCalibrated);

        static OutboxEvent Judged(long seq, string calibrated) => Event(seq, "denied.unknown") with { More = new Dictionary<string, string> { ["liveness_calibrated"] = calibrated } };
    }

    [Fact]
    public async Task A_door_that_is_no_more_is_taken_off_the_wall_and_comes_back_with_its_next_event()
    {
        await using var bed = await WallBed.StartAsync(server);

        await bed.HearAsync(Event(1, "door.locked"), Event(2, "door.locked") with { Door = "back" });
        Assert.True(await bed.Wall.ForgetAsync("door-1", "back", bed.By, Stop));
        Assert.False(await bed.Wall.ForgetAsync("door-1", "back", bed.By, Stop));
        Assert.Equal(["front"], (await bed.Wall.ListAsync(null, null, 10, Stop)).Select(door => door.Name));
        Assert.Equal("locked", (await bed.Wall.FindAsync("door-1", "back", Stop))?.State); // it can be ordered
        await bed.HearAsync(Event(3, "door.opened") with { Door = "back" });
        Assert.Equal(["back", "front"], (await bed.Wall.ListAsync(null, null, 10, Stop)).Select(door => door.Name));
    }

    [Theory, MemberData(nameof(MadeDatabase.Engines), MemberType = typeof(MadeDatabase))]
    public async Task A_door_that_was_taken_off_the_wall_comes_back_as_it_stands(string engine)
    {
        await using var bed = await WallBed.StartAsync(server, engine);
        await bed.HearAsync(Event(1, "door.forced"), Event(2, "door.lockdown"));
        Assert.True(await bed.Wall.ForgetAsync("door-1", "front", bed.By, Stop));
        Assert.Equal((0, 0), await bed.FiguresAsync());

        await bed.HearAsync(Event(3, "denied.lockdown"));
        var door = Assert.Single(await bed.Wall.ListAsync(null, null, 10, Stop));
        Assert.True(door.Lockdown);
        Assert.Equal(("Forced open", "fail"), DoorText.State(door, Start));
        Assert.Equal((0, 1), await bed.FiguresAsync());
    }

    [Fact]
    public async Task A_door_that_has_closed_again_and_is_still_unlocked_is_not_called_closed()
    {
        await using var bed = await WallBed.StartAsync(server);
        await bed.HearAsync(Event(1, "door.unlocked"), Event(2, "door.opened"));
        Assert.Equal(("Open", "info"), DoorText.State(await bed.FrontAsync(), Start));
        await bed.HearAsync(Event(3, "door.closed"));
        Assert.Equal(("Unlocked", "info"), DoorText.State(await bed.FrontAsync(), Start));
        await bed.HearAsync(Event(4, "door.locked"));
        Assert.Equal(("Locked", "ok"), DoorText.State(await bed.FrontAsync(), Start));
    }

    [Fact]
    public async Task Of_a_device_that_is_offline_nothing_is_said_in_green()
    {
        await using var bed = await WallBed.StartAsync(server);

        await bed.HearAsync(Event(1, "door.locked"), Event(2, "camera.live"));
        Assert.Equal((("Locked", "ok"), ("works", "ok")), Shown(await bed.FrontAsync()));
        await bed.BecomesAsync("offline");
        Assert.Equal((("Locked when last heard", "off"), ("worked when last heard", "off")), Shown(await bed.FrontAsync()));
        await bed.HearAsync(Event(3, "door.forced"));
        Assert.Equal(("Forced open when last heard", "fail"), DoorText.State(await bed.FrontAsync(), Start));

        static ((string, string), (string, string)) Shown(DoorView door) => (DoorText.State(door, Start), DoorText.Camera(door));
    }

    [Fact]
    public async Task An_operators_act_puts_no_door_on_the_wall_and_an_own_broker_that_begins_takes_all_devices_off_line()
    {
        await using var bed = await WallBed.StartAsync(server);

        await bed.HearAsync(Event(1, "door.locked"), Event(2, "operator.lockout") with { Door = "frnt" });
        Assert.Equal("front", Assert.Single(await bed.Wall.ListAsync(null, null, 10, Stop)).Name);
        Assert.True((await bed.FrontAsync()).IsOnline);
        await new DeviceStore(bed.Database, TimeProvider.System).AllGoneAsync(Stop);
        Assert.False((await bed.FrontAsync()).IsOnline);
    }

    [Fact]
    public async Task A_device_that_was_stopped_and_begins_again_stands_as_it_says()
    {
        await using var bed = await WallBed.StartAsync(server);

        await bed.HearAsync(Event(1, "door.shut-down"));
        Assert.Equal(("Device stopped", "off"), DoorText.State(await bed.FrontAsync(), Start));
        await bed.HearAsync(Event(2, "door.locked"));
        Assert.Equal(("Locked", "ok"), DoorText.State(await bed.FrontAsync(), Start));
    }

    static OutboxEvent Face(OutboxEvent what) => what with { More = new Dictionary<string, string> { ["track"] = "7" } };
}
