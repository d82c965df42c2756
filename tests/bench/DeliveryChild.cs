using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeFace.Delivery;
using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Link;
using EdgeFace.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>delivery-child</c>: a device without a door: the real journal, pump and link. It appends so many events a second and says
/// which are durable ("d BOOT SEQ") and which messages the broker has acknowledged ("a HASH EVENTS"). It is there to be killed.
/// </summary>
static class DeliveryChild
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true };
        var link = new Option<string>("--link") { Required = true };
        var trust = new Option<string>("--trust") { Required = true };
        var rate = new Option<int>("--rate");
        var command = new Command("delivery-child", "A device that sends until it is killed; 'chaos' and 'drain' start it.") { data, link, trust, rate };
        command.Hidden = true;
        command.SetAction((parse, stop) => RunAsync(
            new StateFolder(parse.GetRequiredValue(data)), parse.GetRequiredValue(link), parse.GetRequiredValue(trust), parse.GetValue(rate),
            TextWriter.Synchronized(parse.InvocationConfiguration.Output), stop));
        return command;
    }

    static async Task<int> RunAsync(StateFolder folder, string linkFile, string trustFile, int rate, TextWriter say, CancellationToken stop)
    {
        var time = TimeProvider.System;
        using var journal = EventJournal.Open(folder, new JournalOptions(MegabytesMax: 2_000), DeliveryBroker.Device, time);
        var options = JsonSerializer.Deserialize<MqttLinkOptions>(await File.ReadAllBytesAsync(linkFile, stop)) ?? throw new InvalidDataException(linkFile);
        var trust = TrustedKeys.Parse(await File.ReadAllBytesAsync(trustFile, stop));
        var link = new TellingLink(new MqttLink(options, DeliveryBroker.Device, time, () => true), say);
        var pump = new EventPump(
            DeliveryBroker.Device, link, EventMapping.Of(journal, DeliveryBroker.Device, time), ReceiptReader.With(() => trust), new DeliveryOptions(), time);
        journal.Appended = pump.Wake;
        link.Changed = pump.Changed;
        link.Received = message =>
        {
            if (message.Channel is DownChannel.Receipts) pump.Receive(message.Payload.ToArray());
        };
        await say.WriteLineAsync("ready");
        await Task.WhenAll(link.RunAsync(stop), pump.RunAsync(stop), AppendAsync(journal, rate, say, stop), TellAsync(journal, say, stop));
        return 0;
    }

    static async Task AppendAsync(EventJournal journal, int rate, TextWriter say, CancellationToken stop)
    {
        if (rate == 0) return;

        var traffic = new JournalTraffic(Environment.ProcessId);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
        while (await pace.WaitForNextTickAsync(stop))
            _ = SayAsync(journal.AppendAsync(traffic.Next(TimeProvider.System.GetUtcNow())), say);
    }

    static async Task SayAsync(Task<EventId?> durable, TextWriter say)
    {
        if (await durable is { } id) await say.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"d {id.Boot} {id.Seq}"));
    }

    static async Task TellAsync(EventJournal journal, TextWriter say, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await pace.WaitForNextTickAsync(stop))
            await say.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"o {journal.OutboxDepth}"));
    }

    /// <summary>Says which messages the broker has acknowledged.</summary>
    sealed class TellingLink(MqttLink inner, TextWriter say) : ILink
    {
        public int PayloadBytesMax => inner.PayloadBytesMax;

        public LinkState State => inner.State;

        public long Ignored => inner.Ignored;

        public Action<LinkState>? Changed { get => inner.Changed; set => inner.Changed = value; }

        public Action<DownMessage>? Received { get => inner.Received; set => inner.Received = value; }

        public async Task SendAsync(UpMessage message, CancellationToken stop)
        {
            await inner.SendAsync(message, stop);
            var events = EventBatch.Read(message.Payload, DeliveryBroker.Device, out _).Count;
            await say.WriteLineAsync($"a {HashOf(message.Payload.Span)} {events}");
        }

        public Task RunAsync(CancellationToken stop) => inner.RunAsync(stop);
    }

    public static string HashOf(ReadOnlySpan<byte> payload) => Convert.ToHexString(SHA256.HashData(payload).AsSpan(0, 12));
}
