using System.Text;
using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Link;

public sealed class MqttLinkTests
{
    const string Presence = "edgeface/1/door-1/up/presence";

    static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(MqttVersion.Newest)]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_message_goes_up_and_one_comes_down(MqttVersion version)
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var hub = await bed.HubAsync();
        await hub.SubscribeAsync("edgeface/1/+/up/+");
        var link = bed.Run(bed.Options() with { Protocol = version });
        await link.OnlineAsync();

        await link.Link.SendAsync(new UpMessage(UpChannel.Events, "[1]"u8.ToArray()), None);
        await hub.PublishAsync("edgeface/1/door-1/down/commands", "unlock"u8.ToArray());

        await Eventually.TrueAsync(() => hub.Heard.Any(heard => heard.Topic == "edgeface/1/door-1/up/events" && heard.Payload.SequenceEqual("[1]"u8.ToArray())));
        await Eventually.TrueAsync(() => !link.Received.IsEmpty);
        var got = Assert.Single(link.Received);
        Assert.Equal((DownChannel.Commands, "unlock", false), (got.Channel, Encoding.UTF8.GetString(got.Payload.Span), got.Retained));
    }

    [Fact]
    public async Task It_is_present_while_it_is_there_says_goodbye_and_its_last_will_says_it_otherwise()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var hub = await bed.HubAsync();
        await hub.SubscribeAsync(Presence);
        await using var proxy = new CutProxy(bed.Broker.Port);
        var link = bed.Run(bed.Options(proxy.Port));

        await Eventually.TrueAsync(() => Last(hub)?.Status is PresenceStatus.Online);
        Assert.NotNull(Last(hub)?.At);
        proxy.Cut();
        await Eventually.TrueAsync(() => Statuses(hub).SequenceEqual([PresenceStatus.Online, PresenceStatus.Offline, PresenceStatus.Online]));
        await link.StopAsync();
        await Eventually.TrueAsync(() => Last(hub) is { Status: PresenceStatus.Offline, At: not null });

        await using var late = await PlainClient.ConnectAsync(bed.Broker.Port, "hub/late", LinkBed.Password);
        await late.SubscribeAsync(Presence);
        await Eventually.TrueAsync(() => late.Heard.Any(heard => heard.Retained && PresenceDocument.Parse(heard.Payload)?.Status is PresenceStatus.Offline));
    }

    [Fact]
    public async Task What_is_told_comes_in_order()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var hub = await bed.HubAsync();
        var link = bed.Run(bed.Options());
        await link.OnlineAsync();

        for (var each = 0; each < 500; each++)
            await hub.PublishAsync("edgeface/1/door-1/down/chunks", Encoding.ASCII.GetBytes($"{each}"));

        await Eventually.TrueAsync(() => link.Received.Count == 500);
        Assert.Equal(Enumerable.Range(0, 500).Select(each => $"{each}"), link.Received.Select(got => Encoding.ASCII.GetString(got.Payload.Span)));
    }

    [Fact]
    public async Task Many_senders_at_once_are_all_acknowledged_though_few_are_on_their_way()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var hub = await bed.HubAsync();
        await hub.SubscribeAsync("edgeface/1/door-1/up/events");
        var link = bed.Run(bed.Options() with { InflightMax = 3 });
        await link.OnlineAsync();

        await Task.WhenAll(Enumerable.Range(0, 300).Select(each =>
            link.Link.SendAsync(new UpMessage(UpChannel.Events, BitConverter.GetBytes(each)), None)));

        await Eventually.TrueAsync(() => hub.Heard.Count == 300);
        Assert.Equal(Enumerable.Range(0, 300), hub.Heard.Select(heard => BitConverter.ToInt32(heard.Payload)).Order());
    }

    [Fact]
    public async Task Without_a_connection_a_message_is_refused_at_once()
    {
        await using var bed = await new LinkBed().StartAsync();
        var link = new MqttLink(bed.Options(), "door-1", TimeProvider.System, () => true);

        var fault = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(new UpMessage(UpChannel.Events, "[]"u8.ToArray()), None));

        Assert.Equal((LinkFault.Offline, true), (fault.Fault, fault.IsTransient));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_not_sent()
    {
        await using var bed = await new LinkBed().StartAsync();
        var link = bed.Run(bed.Options());
        await link.OnlineAsync();

        var fault = await Assert.ThrowsAsync<LinkException>(() => link.Link.SendAsync(new UpMessage(UpChannel.Events, new byte[65_001]), None));
        await link.Link.SendAsync(new UpMessage(UpChannel.Events, new byte[65_000]), None);

        Assert.Equal(LinkFault.TooLarge, fault.Fault);
        Assert.Contains("65001", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_broker_goes_and_comes_back_and_so_does_the_link()
    {
        await using var bed = await new LinkBed().StartAsync();
        var port = bed.Broker.Port;
        var link = bed.Run(bed.Options());
        await link.OnlineAsync();

        await bed.StopBrokerAsync();
        await Eventually.TrueAsync(() => link.Link.State.Status is not LinkStatus.Online);
        await link.ReasonAsync("unreachable");
        await bed.StartAsync(port: port);

        await link.OnlineAsync();
        await link.Link.SendAsync(new UpMessage(UpChannel.Events, "[]"u8.ToArray()), None);
    }

    [Fact]
    public async Task A_clock_that_is_not_set_holds_the_link_until_it_is()
    {
        await using var bed = new LinkBed();
        using var authority = new MadeCertificates(bed.Folder, "authority");
        var server = authority.Server();
        await bed.StartAsync(broker => broker with { CertificateFile = server.CertificateFile, KeyFile = server.KeyFile });
        var trusted = false;
        var link = bed.Run(bed.Options() with { Tls = true, CaFile = authority.CaFile }, clockTrusted: () => Volatile.Read(ref trusted));

        var held = await link.ReasonAsync("clock-untrusted");
        Assert.Equal(LinkStatus.Idle, held.Status);
        Assert.Single(link.States); // no attempt was made
        Volatile.Write(ref trusted, true);

        await link.OnlineAsync();
    }

    static PresenceDocument? Last(PlainClient hub) => hub.Heard.Select(heard => PresenceDocument.Parse(heard.Payload)).LastOrDefault();

    static IEnumerable<PresenceStatus> Statuses(PlainClient hub) =>
        hub.Heard.Select(heard => PresenceDocument.Parse(heard.Payload)?.Status ?? default);
}
