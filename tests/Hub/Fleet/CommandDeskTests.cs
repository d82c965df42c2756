using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Simulation;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Fleet;

public sealed class CommandDeskTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_to_a_device_that_is_away_for_a_moment_is_sent_again_and_done_once()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var device = await DeviceAsync(hub);
        await using var own = device;
        var desk = hub.The<CommandDesk>();
        var id = await desk.SendAsync(new CommandDocument("", "sim-00001", "lock", default, default, "front"), "test", Stop);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Stop); // it went to nobody

        device.Start();
        await UntilDoneAsync(() => desk.FindAsync(id, Stop));
        Assert.Equal(1, device.Answered);
    }

    [Fact]
    public async Task A_lockdown_of_the_site_goes_to_every_device_that_is_not_revoked()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var device = await DeviceAsync(hub, devices: 300);
        Assert.True(await hub.The<Provisioning>().RevokeAsync("sim-00300", new Doer(hub.The<AuditLog>(), "tess"), Stop));
        device.Start();
        await Eventually.TrueAsync(() => device.IsOnline);

        Assert.Equal(299, await hub.The<CommandDesk>().SendToAllAsync("lockdown", off: false, "test", Stop));
        var sent = await hub.The<CommandDesk>().ListAsync(null, 1000, Stop);
        Assert.Equal(299, sent.Select(each => each.Device).Distinct().Count());
        Assert.DoesNotContain(sent, each => each.Device == "sim-00300");
        var own = sent.Single(each => each.Device == "sim-00001");
        await UntilDoneAsync(() => hub.The<CommandDesk>().FindAsync(own.Id, Stop));
    }

    [Fact]
    public async Task A_device_that_answers_that_a_lockdown_is_over_stands_so_on_the_wall_though_it_tells_no_end_of_it()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var device = await DeviceAsync(hub);
        device.Start();
        await using var connection = await hub.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("INSERT INTO door (device, name, lockdown) VALUES ('sim-00001', 'front', 1), ('sim-00001', 'back', 1)", [], Stop);

        var id = await hub.The<CommandDesk>().SendAsync(new CommandDocument("", "sim-00001", "lockdown", default, default, "front", Off: true), "test", Stop);
        await UntilDoneAsync(() => hub.The<CommandDesk>().FindAsync(id, Stop));
        await Eventually.TrueAsync(() => hub.The<DoorWall>().FindAsync("sim-00001", "front", Stop).GetAwaiter().GetResult() is { Lockdown: false });
        Assert.True((await hub.The<DoorWall>().FindAsync("sim-00001", "back", Stop))?.Lockdown);
    }

    public void Dispose() => _scratch.Dispose();

    static async Task UntilDoneAsync(Func<Task<SentCommand?>> find)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await find())?.Result is not "done") await Task.Delay(50, late.Token);
    }

    async Task<SimulatedDevice> DeviceAsync(HubUnderTest hub, int devices = 1)
    {
        var fleet = new SimulatedFleet(_scratch["fleet.json"]);
        await fleet.RegisterAsync(hub.Database, "sim", devices, "main", TimeProvider.System, Stop);
        return hub.Simulated(fleet.Read()[0], _scratch);
    }
}
