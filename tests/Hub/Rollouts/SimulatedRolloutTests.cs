using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Rollouts;
using EdgeFace.Hub.Simulation;
using EdgeFace.Hub.Storage;
using Xunit;

namespace EdgeFace.Tests.Hub.Rollouts;

/// <summary>A hub with its broker, and devices that connect, report and take settings over the wire.</summary>
public sealed class SimulatedRolloutTests
{
    const int Devices = 20, EventsPerSecond = 10;

    const string Open = """{"doors":{"front":{"rules":[{"groups":["everyone"]}]},"back":{"rules":[{"groups":["everyone"]}]}}}""",
        Better = """{"doors":{"front":{"rules":[{"groups":["everyone"],"mode":"card-or-face"}]},"back":{"rules":[{"groups":["everyone"]}]}}}""",
        Shut = """{"doors":{"front":{"rules":[]},"back":{"rules":[]}}}""";

    static readonly HaltRule Quick = new(LookSeconds: 1);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_that_lets_nobody_in_is_halted_at_few_doors_and_rolled_back_and_a_good_one_goes_through()
    {
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(ApiPerMinute: 100_000));
        using var scratch = new ScratchFolder();
        await using var fleet = await ConnectedFleet.StartAsync(hub, scratch);
        foreach (var name in fleet.Names) await hub.The<SettingsDesk>().DesireAsync(name, Open, Stop);
        await fleet.UntilAsync(async () => (await hub.The<DeviceStore>().ListAsync("", 100, Stop)).All(device => device is { IsOnline: true, Applied: 1 }));

        var desk = hub.The<RolloutDesk>();
        var bad = await desk.BeginAsync(new RolloutWish("bad", Shut, "1, 4, 50 %, 100 %", 0.2, null, [], Quick), "anna", Stop);
        var began = TimeProvider.System.GetTimestamp();
        await fleet.UntilAsync(async () => (await desk.Store.FindAsync(bad, Stop))?.State is not RolloutState.Running);
        var took = TimeProvider.System.GetElapsedTime(began);
        var halted = await desk.Store.FindAsync(bad, Stop);
        var hit = (await desk.Store.DevicesAsync(bad, Stop)).Count(device => device.Told is not null);
        TestContext.Current.TestOutputHelper?.WriteLine($"halted after {took.TotalSeconds:0.0} s; {hit} of {Devices} devices had it. {halted?.Reason}");

        Assert.Equal(RolloutState.Halted, halted?.State);
        Assert.StartsWith("Denials rose from 14.1 %", halted?.Reason, StringComparison.Ordinal);
        Assert.InRange(hit, 1, 4);

        Assert.True(await desk.RollBackAsync(bad, "anna", Stop));
        await fleet.UntilAsync(async () => (await hub.The<DeviceStore>().ListAsync("", 100, Stop)).All(device => device.Applied == device.Desired)
            && (await desk.Store.FindAsync(bad, Stop))?.State is RolloutState.RolledBack);
        Assert.Equal(0, fleet.ShutDevices);

        began = TimeProvider.System.GetTimestamp();
        var good = await desk.BeginAsync(new RolloutWish("good", Better, "1, 4, 50 %, 100 %", 0.1, null, [], Quick), "anna", Stop);
        await fleet.UntilAsync(async () => (await desk.Store.FindAsync(good, Stop))?.State is not RolloutState.Running);
        took = TimeProvider.System.GetElapsedTime(began);
        var done = await desk.Store.FindAsync(good, Stop);
        TestContext.Current.TestOutputHelper?.WriteLine($"the good one went through in {took.TotalSeconds:0.0} s, with {done?.Looks} looks. {done?.Figures}");

        Assert.Equal((RolloutState.Done, (string?)null), (done?.State ?? default, done?.Reason));
        Assert.All(await desk.Store.DevicesAsync(good, Stop), device => Assert.True(device.IsChanged));
    }

    /// <summary>Simulated devices at a hub's own broker, each with its account, with an hour behind them that was like this one.</summary>
    sealed class ConnectedFleet : IAsyncDisposable
    {
        readonly List<SimulatedDevice> _devices = [];
        readonly CancellationTokenSource _over = new();
        Task _reporting = Task.CompletedTask;

        public IReadOnlyList<string> Names { get; private set; } = [];

        public int ShutDevices => _devices.Count(device => device.Outbox.IsShut);

        public static async Task<ConnectedFleet> StartAsync(HubUnderTest hub, ScratchFolder scratch)
        {
            var fleet = new ConnectedFleet();
            var file = new SimulatedFleet(scratch["fleet.json"]);
            await file.RegisterAsync(hub.Database, "sim", Devices, "main", TimeProvider.System, Stop);
            fleet._devices.AddRange(file.Read().Select(device => hub.Simulated(device, scratch)));
            fleet.Names = [.. file.Read().Select(device => device.Name)];
            await fleet.RememberAsync(hub.Database);
            foreach (var device in fleet._devices) device.Start();
            for (var i = 0; i < Devices; i++)
            {
                // Their events come in rounds of a hundred: no two devices are at the same place of theirs.
                for (var k = 0; k < i * 100 / Devices; k++) fleet._devices[i].Report();
            }

            fleet._reporting = fleet.ReportAsync(fleet._over.Token);
            return fleet;
        }

        public async Task UntilAsync(Func<Task<bool>> isSo)
        {
            var began = TimeProvider.System.GetTimestamp();
            while (!await isSo())
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"It is not so after {Patience.TotalSeconds} s; {_devices.Select(device => device.Fault).FirstOrDefault(fault => fault is not null)}");
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Stop);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var device in _devices) await device.DisposeAsync();
            _over.Dispose();
        }

        async Task RememberAsync(IDatabase database)
        {
            await using var connection = await database.OpenAsync(Stop);
            var hour = Moment.Of(DeedReader.Hour(TimeProvider.System.GetUtcNow()) - TimeSpan.FromHours(1));
            foreach (var name in Names)
            {
                foreach (var (kind, count) in new[] { ("granted", 30_600L), ("denied.no-match", 3_240L), ("denied.spoof", 1_800L), ("door.forced", 360L) })
                {
                    await connection.ExecuteAsync(
                        "INSERT INTO tally (hour, device, kind, count) VALUES (@hour, @device, @kind, @count)", [("@hour", hour), ("@device", name), ("@kind", kind), ("@count", count)], Stop);
                }
            }
        }

        async Task ReportAsync(CancellationToken over)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1000.0 / EventsPerSecond), TimeProvider.System);
            while (await timer.WaitForNextTickAsync(over))
            {
                foreach (var device in _devices) device.Report();
            }
        }
    }
}
