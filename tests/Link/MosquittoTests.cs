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

    static RunningLink Run(Mosquitto broker, Func<MqttLinkOptions, MqttLinkOptions>? change = null, string device = "door-1")
    {
        var (certificateFile, keyFile) = broker.Authority.Client("door-1");
        var options = new MqttLinkOptions(
            "127.0.0.1", broker.Port, CaFile: broker.Authority.CaFile, CertificateFile: certificateFile, KeyFile: keyFile,
            BackoffSecondsMin: 0.1, BackoffSecondsMax: 1);
        return new RunningLink(new MqttLink(change?.Invoke(options) ?? options, device, TimeProvider.System, () => true));
    }
}
