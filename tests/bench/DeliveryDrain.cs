using System.CommandLine;
using System.Globalization;

namespace EdgeFace.Benchmarks;

/// <summary><c>drain</c>: so many events wait in the outbox of a device that has been away; how fast they go, and what it takes of memory.</summary>
static class DeliveryDrain
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("drain", "A backlog through a real mosquitto into a real consumer.") { count };
        command.SetAction((parse, stop) => RunAsync(parse.GetValue(count), parse.InvocationConfiguration.Output, stop));
        return command;
    }

    static async Task<int> RunAsync(int count, TextWriter output, CancellationToken stop)
    {
        await using var bed = new DeliveryBed();
        JournalFill.Fill(bed.Data, count, DeliveryBroker.Device);
        await bed.Broker.StartAsync(stop);

        // Without a consumer first: it sends what it may have under way, gets no receipt, and waits.
        bed.Device.Start(rate: 0);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, stop);
        var (before, waiting) = (bed.Device.ResidentMegabytes(), bed.Device.Outbox);

        bed.StartConsumer();
        var began = TimeProvider.System.GetTimestamp();
        var most = before;
        while (bed.Device.Outbox > 0)
        {
            await Task.Delay(Look, TimeProvider.System, stop);
            most = Math.Max(most, bed.Device.ResidentMegabytes());
        }

        var took = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var held = bed.Held().Count;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{waiting:N0} events waited, {held:N0} at the consumer after {took:F1} s: {waiting / took:N0} events/s; the device's memory "
            + $"{before:F1} MB before, {most:F1} MB at most: {most - before:+0.0;-0.0} MB; {bed.Twice} double"));
        return held >= waiting && bed.Twice == 0 ? 0 : 1;
    }
}
