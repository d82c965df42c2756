using System.Collections.Concurrent;
using System.Text;
using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Link;

/// <summary>A broker that others wrote, as Debian ships it.</summary>
public sealed class MosquittoTests
{
    static readonly UpMessage Message = new(UpChannel.Events, "[]"u8.ToArray());

    [Theory]
    [InlineData(MqttVersion.V5, MqttTransport.Tcp)]
    [InlineData(MqttVersion.V311, MqttTransport.Tcp)]
    [InlineData(MqttVersion.V5, MqttTransport.Websocket)]
    [InlineData(MqttVersion.V311, MqttTransport.Websocket)]
    public async Task The_link_speaks_to_mosquitto(MqttVersion version, MqttTransport transport) => await WithAsync(async broker =>
    {
        await using var hub = await HubAsync(broker);
        await hub.SubscribeAsync(Topics.UpOfAll);
        await using var link = Run(broker, options => options with
        {
            Protocol = version,
            Transport = transport,
            Port = transport is MqttTransport.Tcp ? broker.Port : broker.WebSocketPort,
        });
        await link.OnlineAsync();

        await link.SendAsync(new UpMessage(UpChannel.Events, new byte[65_000]));
        await hub.PublishAsync(Topics.Of("door-1", DownChannel.Chunks), new byte[65_000]);

        await Eventually.TrueAsync(() => hub.Heard.Any(heard => heard.Topic == Topics.Of("door-1", UpChannel.Events) && heard.Payload.Length == 65_000));
        await Eventually.TrueAsync(() => link.Received.Any(got => got is { Channel: DownChannel.Chunks, Payload.Length: 65_000 }));
    });

    [Fact]
    public async Task It_is_killed_and_comes_back_and_so_does_the_link() => await WithAsync(async broker =>
    {
        await using var link = Run(broker);
        await link.OnlineAsync();

        broker.Kill();
        await link.ReasonAsync("unreachable");
        await broker.StartAsync();

        await link.OnlineAsync();
        await link.SendAsync(Message);
    });

    /// <summary>This mosquitto does not say why it closes; pauses that double end the fight all the same.</summary>
    [Fact]
    public async Task A_second_one_with_the_same_certificate_takes_the_name_over_and_the_fight_dies_down() => await WithAsync(async broker =>
    {
        await using var first = Run(broker, options => options with { BackoffSecondsMax = 600 });
        await first.OnlineAsync();
        await using var second = Run(broker, options => options with { BackoffSecondsMin = 60, BackoffSecondsMax = 600 });
        await second.OnlineAsync();

        await Eventually.TrueAsync(() => first.States.Any(state => state.Reason is "closed" or "taken-over"), instead: first.Said);
        await first.OnlineAsync();
        await Eventually.TrueAsync(() => second.Link.State.Status is LinkStatus.Offline, instead: second.Said);
        await first.SendAsync(Message);
    });

    [Fact]
    public async Task Without_a_certificate_there_is_no_connection() => await WithAsync(async broker =>
    {
        await using var link = Run(broker, options => options with { CertificateFile = null, KeyFile = null });

        Assert.Contains("certificate_file", (await link.ReasonAsync("client-certificate-refused")).Message, StringComparison.Ordinal);
    });

    [Fact]
    public async Task A_device_with_another_s_name_may_not_write_and_hears_so() => await WithAsync(async broker =>
    {
        // The certificate is door-1's, and so are the rights; the name in the topics is another.
        await using var link = Run(broker, device: "door-2");

        Assert.Contains("NotAuthorized", (await link.ReasonAsync("denied-publish")).Message, StringComparison.Ordinal);
    });

    /// <summary>An UNLOCK of Home Assistant's bears no time and no signature: one that waited for the device must open nothing.</summary>
    [Fact]
    public async Task What_bears_no_time_counts_only_while_the_device_listens() => await WithAsync(async broker =>
    {
        const string Topic = "edgeface/1/door-1/down/ha/front/lock";
        await using var hub = await HubAsync(broker);
        var heard = new ConcurrentQueue<string>();
        void Listen(MqttLink link) =>
            (link.AlsoReads, link.AlsoReceived) = ([Topic], (_, payload) => heard.Enqueue(Encoding.ASCII.GetString(payload.Span)));
        await using (var first = Run(broker, also: Listen)) await first.OnlineAsync();
        await hub.PublishAsync(Topic, "queued while it was away"u8.ToArray());
        await hub.PublishAsync(Topic, "retained"u8.ToArray(), retain: true);

        await using var second = Run(broker, also: Listen);
        await second.OnlineAsync();
        await Eventually.TrueAsync(() => second.Link.Ignored >= 3, "what was queued and what was retained came, and counted for nothing", second.Said);
        while (heard.IsEmpty)
        {
            await hub.PublishAsync(Topic, "live"u8.ToArray());
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.All(heard, each => Assert.Equal("live", each));
    });

    static async Task WithAsync(Func<Mosquitto, Task> test)
    {
        Mosquitto.SkipOrFail();
        using var folder = new ScratchFolder();
        using var broker = new Mosquitto(folder);
        await broker.StartAsync();
        await test(broker);
    }

    static Task<PlainClient> HubAsync(Mosquitto broker)
    {
        var (certificateFile, keyFile) = broker.Authority.Client("hub");
        return PlainClient.ConnectAsync(broker.Port, "hub", null, own: MadeCertificates.Load(certificateFile, keyFile));
    }

    static RunningLink Run(Mosquitto broker, Func<MqttLinkOptions, MqttLinkOptions>? change = null, string device = "door-1", Action<MqttLink>? also = null)
    {
        var (certificateFile, keyFile) = broker.Authority.Client("door-1");
        var options = new MqttLinkOptions(
            "127.0.0.1", broker.Port, CaFile: broker.Authority.CaFile, CertificateFile: certificateFile, KeyFile: keyFile,
            BackoffSecondsMin: 0.1, BackoffSecondsMax: 1);
        var link = new MqttLink(change?.Invoke(options) ?? options, device, TimeProvider.System, () => true);
        also?.Invoke(link);
        return new RunningLink(link);
    }
}
