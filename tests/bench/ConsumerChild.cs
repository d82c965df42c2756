using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Consumer;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>consumer-child</c>: a consumer in a process of its own, as the one of a real door is in another house. It says how many events
/// it holds, once a second.
/// </summary>
static class ConsumerChild
{
    public static Command Create()
    {
        var vault = new Option<string>("--vault") { Required = true };
        var link = new Option<string>("--link") { Required = true };
        var key = new Option<string>("--key") { Required = true };
        var pause = new Option<int>("--pause-ms");
        var command = new Command("consumer-child", "A consumer; 'latency' starts it.") { vault, link, key, pause };
        command.Hidden = true;
        command.SetAction((parse, stop) => RunAsync(
            parse.GetRequiredValue(vault), parse.GetRequiredValue(link), parse.GetRequiredValue(key), parse.GetValue(pause), parse.InvocationConfiguration.Output, stop));
        return command;
    }

    static async Task<int> RunAsync(string vaultFile, string linkFile, string keyFile, int pauseMs, TextWriter say, CancellationToken stop)
    {
        var time = TimeProvider.System;
        using var key = SigningKey.FromPkcs8(await File.ReadAllBytesAsync(keyFile, stop));
        using var vault = new EventVault(vaultFile);
        var options = JsonSerializer.Deserialize<MqttLinkOptions>(await File.ReadAllBytesAsync(linkFile, stop)) ?? throw new InvalidDataException(linkFile);
        var intake = new EventIntake(vault.Keep, EventIntake.With(key), time);
        var connection = new HubConnection(options, DeliveryBroker.Hub, time);
        var far = new FarEnd(connection, intake, time);
        var take = connection.Received;
        connection.Received = heard =>
        {
            take?.Invoke(heard);
            if (pauseMs > 0) stop.WaitHandle.WaitOne(pauseMs);
        };
        await Task.WhenAll(far.RunAsync(stop), TellAsync(intake, say, stop));
        return 0;
    }

    static async Task TellAsync(EventIntake intake, TextWriter say, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await pace.WaitForNextTickAsync(stop)) await say.WriteLineAsync(intake.Kept.ToString(CultureInfo.InvariantCulture));
    }
}
