using System.Collections.Concurrent;
using System.Data.Common;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Simulation;
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

    public void Dispose() => _scratch.Dispose();

    sealed class Busy() : DbException("the database is busy");
}
