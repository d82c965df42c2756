using System.Globalization;
using EdgeFace.Hub.Storage;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>How a fleet is simulated.</summary>
/// <param name="Link">To the broker.</param>
/// <param name="Rate">Events of one device in a second.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="DrainSeconds">After that, until all that was sent is receipted, at most.</param>
/// <param name="Model">That devices say to have.</param>
/// <param name="Gallery">That they take.</param>
/// <param name="ConnectionsPerSecond">At the start.</param>
sealed record SimulationPlan(MqttLinkOptions Link, double Rate, int Seconds, int DrainSeconds, string Model, string Gallery, int ConnectionsPerSecond);

/// <summary>A fleet's run: connects, reports, waits for the receipts, and says what came of it.</summary>
sealed class SimulationRun(SimulationPlan plan, TrustedKeys trust, TextWriter output, TimeProvider time)
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20), Say = TimeSpan.FromSeconds(10);

    readonly Spread _receipts = new();

    /// <returns>What each device is to remember, and what the database holds.</returns>
    public async Task<(IReadOnlyList<FleetDevice> Left, SimulationCheck Found)> RunAsync(IReadOnlyList<FleetDevice> fleet, IDatabase database, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("edgeface-simulation-").FullName;
        SimulatedDevice[] devices = [.. fleet.Select(device => new SimulatedDevice(device, plan.Link, trust, plan.Model, plan.Gallery, folder, _receipts, time))];
        try
        {
            var began = time.GetTimestamp();
            await ConnectAsync(devices, stop);
            await SayAsync($"{devices.Length} devices connected in {Seconds(time.GetElapsedTime(began))} s");
            began = time.GetTimestamp();
            await ReportAsync(devices, stop);
            var took = time.GetElapsedTime(began);
            var receipted = _receipts.Count;
            began = time.GetTimestamp();
            await DrainAsync(devices, stop);
            var found = await ResultAsync(devices, took, receipted, time.GetElapsedTime(began), database, stop);
            return ([.. devices.Select(device => device.Left)], found);
        }
        finally
        {
            foreach (var device in devices) await device.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    async Task ConnectAsync(SimulatedDevice[] devices, CancellationToken stop)
    {
        foreach (var some in devices.Chunk(Math.Max(1, plan.ConnectionsPerSecond / 10)))
        {
            foreach (var device in some) device.Start();
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, stop);
        }

        while (!devices.All(device => device.IsOnline))
        {
            Look(devices);
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, stop);
        }
    }

    /// <summary>Devices report in turns, evenly over each second.</summary>
    async Task ReportAsync(SimulatedDevice[] devices, CancellationToken stop)
    {
        var (began, said, made, before) = (time.GetTimestamp(), time.GetTimestamp(), 0L, 0L);
        using var timer = new PeriodicTimer(Tick, time);
        while (time.GetElapsedTime(began) is var passed && passed.TotalSeconds < plan.Seconds)
        {
            var due = (long)(passed.TotalSeconds * plan.Rate * devices.Length);
            for (; made < due; made++) devices[made % devices.Length].Report();
            if (time.GetElapsedTime(said) is var pause && pause > Say)
            {
                var receipted = _receipts.Count;
                await SayAsync(
                    $"{passed.TotalSeconds,5:0} s: {made} made, {receipted} receipted ({(receipted - before) / pause.TotalSeconds:0} a second), "
                    + $"{devices.Sum(device => device.Outbox.Pending)} wait, {devices.Count(device => device.IsOnline)} online, receipts {_receipts}");
                (said, before) = (time.GetTimestamp(), receipted);
                Look(devices);
            }

            await timer.WaitForNextTickAsync(stop);
        }
    }

    async Task DrainAsync(SimulatedDevice[] devices, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (devices.Any(device => device.Outbox.Pending > 0) && time.GetElapsedTime(began).TotalSeconds < plan.DrainSeconds)
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, stop);
    }

    async Task<SimulationCheck> ResultAsync(
        SimulatedDevice[] devices, TimeSpan took, long receipted, TimeSpan drained, IDatabase database, CancellationToken stop)
    {
        var made = devices.Sum(device => device.Outbox.Made);
        await SayAsync($"events made: {made}, {made / took.TotalSeconds:0} a second for {Seconds(took)} s");
        await SayAsync($"receipted meanwhile: {receipted}, {receipted / took.TotalSeconds:0} a second; the rest within {Seconds(drained)} s");
        await SayAsync($"from the event to its receipt: {_receipts}");
        await SayAsync(
            $"sent: {devices.Sum(device => device.Counts.Sent)}, sent again: {devices.Sum(device => device.Counts.SentAgain)}, "
            + $"receipted: {_receipts.Count}, without a receipt: {devices.Sum(device => device.Outbox.Pending)}, "
            + $"receipts refused: {devices.Sum(device => device.Counts.Refused.Values.Sum())}");
        await SayAsync(
            $"connections: {devices.Sum(device => device.Connections)}, commands done: {devices.Sum(device => device.Answered)}, "
            + $"pushes refused: {devices.Sum(device => device.PushesRefused)}, gallery versions: "
            + $"{string.Join(", ", devices.GroupBy(device => device.GalleryVersion).OrderBy(each => each.Key).Select(each => $"{each.Key} at {each.Count()}"))}");
        var found = await SimulationCheck.CountAsync(database, [.. devices.Select(device => (device.Left, device.Outbox.Made))], stop);
        await SayAsync($"in the database: {found.Kept} of this run, missing {found.Missing}, double {found.Double}, counted {found.Counted}, conflicts {found.Conflicts}");
        return found;
    }

    static void Look(SimulatedDevice[] devices)
    {
        if (devices.Select(device => device.Fault).FirstOrDefault(fault => fault is not null) is { } fault)
            throw new InvalidOperationException($"A simulated device broke: {fault.Message}", fault);
    }

    Task SayAsync(string text) => output.WriteLineAsync(text);

    static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
