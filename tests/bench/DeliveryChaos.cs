using System.CommandLine;
using System.Globalization;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>chaos</c>: 200 events a second through a real broker into a real consumer, the broker killed every 5 to 15 s, the device every
/// 20 to 40 s. At the end nothing that was durable on the device may be missing at the consumer, or there twice, while the broker has
/// lost messages that it had acknowledged: that is what a product that trusts the acknowledgement loses.
/// </summary>
static class DeliveryChaos
{
    static readonly TimeSpan DrainMost = TimeSpan.FromMinutes(5), Look = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 10 };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 200 };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => Environment.TickCount };
        var broker = new Option<string>("--broker") { Description = "mosquitto, rabbitmq or ejabberd; each has to be installed.", DefaultValueFactory = _ => "mosquitto" };
        var forgetful = new Option<bool>("--forgetful") { Description = "The arm that must show doubles: to this consumer what comes again is new." };
        var command = new Command("chaos", "Events up while broker and device are killed at random.") { broker, minutes, rate, seed, forgetful };
        command.SetAction((parse, stop) => RunAsync(
            parse.GetRequiredValue(broker), parse.GetValue(forgetful), TimeSpan.FromMinutes(parse.GetValue(minutes)), parse.GetValue(rate), parse.GetValue(seed), parse.InvocationConfiguration.Output, stop));
        return command;
    }

    static async Task<int> RunAsync(
        string broker, bool forgetful, TimeSpan lasts, int rate, int seed, TextWriter output, CancellationToken stop)
    {
        await output.WriteLineAsync($"seed {seed}");
        await using var bed = new DeliveryBed(broker, forgetful);
        await bed.Broker.StartAsync(stop);
        bed.StartConsumer();
        bed.Device.Start(rate);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(lasts);
        var random = new Random(seed);
        var kills = await Task.WhenAll(KillBrokerAsync(bed, new Random(random.Next()), over.Token, stop), KillDeviceAsync(bed, rate, new Random(random.Next()), over.Token));

        // Nothing new from now on, and nobody is killed: what is left has to arrive.
        await bed.Device.KillAsync();
        bed.Device.Start(rate: 0);
        var began = TimeProvider.System.GetTimestamp();
        while (bed.Device.Outbox > 0 && TimeProvider.System.GetElapsedTime(began) < DrainMost) await Task.Delay(Look, TimeProvider.System, stop);
        var drained = TimeProvider.System.GetElapsedTime(began);
        await bed.Device.KillAsync();

        var (durable, held) = (bed.Device.Durable(), bed.Held());
        var missing = durable.Count(id => !held.Contains(id));
        var lost = bed.Device.Acknowledged().Where(message => !bed.Heard(message.Key)).ToArray();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{broker}, {lasts.TotalMinutes:0.#} min, {rate} events/s: broker killed {kills[0]} times, device {kills[1]} times; {durable.Length:N0} events durable at the device, "
            + $"{held.Count:N0} at the consumer, {missing} missing, {bed.Twice} double; {bed.Intake?.Again:N0} came again and were known; "
            + $"acknowledged by the broker and lost by it: {lost.Length} messages with {lost.Sum(message => message.Value):N0} events; last drained in {drained.TotalSeconds:F1} s"));
        return missing == 0 && bed.Twice == 0 && durable.Length > 0 ? 0 : 1;
    }

    static async Task<int> KillBrokerAsync(DeliveryBed bed, Random random, CancellationToken over, CancellationToken stop)
    {
        var kills = 0;
        while (await WaitAsync(random.Next(5_000, 15_000), over))
        {
            bed.Broker.Kill();
            kills++;
            await WaitAsync(random.Next(0, 2_000), over);
            await bed.Broker.StartAsync(stop);
        }

        return kills;
    }

    static async Task<int> KillDeviceAsync(DeliveryBed bed, int rate, Random random, CancellationToken over)
    {
        var kills = 0;
        while (await WaitAsync(random.Next(20_000, 40_000), over))
        {
            await bed.Device.KillAsync();
            kills++;
            bed.Device.Start(rate);
        }

        return kills;
    }

    static async Task<bool> WaitAsync(int milliseconds, CancellationToken over)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !over.IsCancellationRequested;
    }
}
