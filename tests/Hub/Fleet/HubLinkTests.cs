using System.Collections.Concurrent;
using System.Data.Common;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Simulation;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Fleet;

public sealed class HubLinkTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_one_device_says_the_others_are_heard_and_what_the_database_did_not_take_is_brought_again()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var heard = new ConcurrentQueue<string>();
        hub.The<HubLink>().Ears[UpChannel.Identity] = (device, _, _) =>
        {
            heard.Enqueue(device.Name);
            return device.Name == "sim-00001" ? throw new InvalidOperationException("said something that no code foresaw")
                : heard.Count(name => name == device.Name) < 3 ? throw new Busy() : Task.CompletedTask;
        };

        var fleet = new SimulatedFleet(_scratch["fleet.json"]);
        await fleet.RegisterAsync(hub.Database, "sim", 2, "main", TimeProvider.System, Stop);
        await using var first = hub.Simulated(fleet.Read()[0], _scratch);
        await using var second = hub.Simulated(fleet.Read()[1], _scratch);
        first.Start();
        await Eventually.TrueAsync(() => heard.Contains("sim-00001"));
        second.Start();
        await Eventually.TrueAsync(() => heard.Count(name => name == "sim-00002") == 3);
        await Eventually.TrueAsync(() => first.IsOnline && second.IsOnline);

        Assert.Single(heard, name => name == "sim-00001"); // it would be no other one the next time
        foreach (var name in new[] { "sim-00001", "sim-00002" }) Assert.NotNull((await hub.The<DeviceStore>().FindAsync(name, Stop))?.SealingKey);
    }

    [Fact]
    public async Task Nobody_is_let_in_at_the_hubs_broker_before_the_hub_listens()
    {
        var folder = new HubFolder(_scratch["hub"]);
        folder.Create();
        await using var broker = await HubBroker.StartAsync(folder, "127.0.0.1", 0, "127.0.0.1", null, TimeProvider.System);
        var password = broker.Admit("door-1");

        await AssertNotYetAsync();
        await using var hub = await PlainClient.ConnectAsync(broker.Hub.Port, HubBroker.User, await File.ReadAllTextAsync(folder.BrokerPassword, Stop));
        await AssertNotYetAsync();
        await hub.SubscribeAsync(Topics.UpOfAll);
        await using var device = await PlainClient.ConnectAsync(broker.Devices.Port, "door-1", password);

        Assert.True(device.IsConnected);

        async Task AssertNotYetAsync() => Assert.Contains(
            "ServerUnavailable", (await Assert.ThrowsAnyAsync<Exception>(() => PlainClient.ConnectAsync(broker.Devices.Port, "door-1", password))).ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    sealed class Busy() : DbException("the database is busy");
}
