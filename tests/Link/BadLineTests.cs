using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Link;

/// <summary>A network that breaks, falls silent, is slow; another one with the same name; rights that are not there.</summary>
public sealed class BadLineTests
{
    static readonly UpMessage Message = new(UpChannel.Events, "[]"u8.ToArray());

    [Fact]
    public async Task A_connection_that_is_half_open_is_found_dead_by_asking()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var proxy = new CutProxy(bed.Broker.Port);
        var link = bed.Run(bed.Options(proxy.Port) with { KeepAliveSeconds = 2, AckTimeoutSeconds = 1 });
        await link.OnlineAsync();

        proxy.Silent = true;
        await link.ReasonAsync("timeout");
        proxy.Silent = false;

        await link.OnlineAsync();
        await link.SendAsync(Message);
    }

    [Fact]
    public async Task A_message_into_a_dead_line_comes_back_unanswered()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var proxy = new CutProxy(bed.Broker.Port);
        var link = bed.Run(bed.Options(proxy.Port) with { AckTimeoutSeconds = 1 });
        await link.OnlineAsync();
        proxy.Silent = true;

        var fault = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(Message));

        Assert.Equal((LinkFault.Unanswered, true), (fault.Fault, fault.IsTransient));
    }

    [Fact]
    public async Task A_line_cut_in_the_middle_of_a_message_loses_nothing_but_the_message()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var proxy = new CutProxy(bed.Broker.Port);
        var link = bed.Run(bed.Options(proxy.Port));
        await link.OnlineAsync();
        proxy.CutAfterBytesUp = proxy.BytesUp + 100;

        var fault = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(new UpMessage(UpChannel.Events, new byte[50_000])));
        await Eventually.TrueAsync(() => proxy.Connections == 2);
        await link.OnlineAsync();
        await link.SendAsync(Message);

        Assert.Equal(LinkFault.Unanswered, fault.Fault);
    }

    [Fact]
    public async Task A_slow_line_is_no_dead_one()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var proxy = new CutProxy(bed.Broker.Port) { Delay = TimeSpan.FromMilliseconds(150) };
        var link = bed.Run(bed.Options(proxy.Port));
        await link.OnlineAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => link.SendAsync(Message)));

        Assert.Equal(1, proxy.Connections);
    }

    [Fact]
    public async Task Two_with_one_name_do_not_fight_for_it()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var proxy = new CutProxy(bed.Broker.Port);
        var options = bed.Options(proxy.Port) with { BackoffSecondsMax = 600 };
        var first = bed.Run(options);
        await first.OnlineAsync();

        var second = bed.Run(options);
        await second.OnlineAsync();
        var state = await first.ReasonAsync("taken-over");
        for (var each = 0; each < 50; each++) await second.SendAsync(Message);

        Assert.Contains("find the other one", state.Message, StringComparison.Ordinal);
        Assert.Equal((LinkStatus.Offline, LinkStatus.Online, 2), (first.Link.State.Status, second.Link.State.Status, proxy.Connections));
    }

    [Fact]
    public async Task Nobody_at_the_port_is_unreachable_and_a_name_that_is_none_is_not_found()
    {
        await using var bed = await new LinkBed().StartAsync();
        var port = bed.Broker.Port;
        await bed.StopBrokerAsync();

        await bed.Run(bed.Options(port)).ReasonAsync("unreachable");
        await bed.Run(bed.Options(port) with { Host = "no-such-broker.invalid" }).ReasonAsync("name-not-found");
    }

    [Theory]
    [InlineData(MqttVersion.V5, "refused-credentials")]
    [InlineData(MqttVersion.V311, "refused-credentials")]
    public async Task A_wrong_password_is_told_and_not_shown(MqttVersion version, string reason)
    {
        await using var bed = await new LinkBed().StartAsync();
        var wrong = bed.Folder["wrong"];
        await File.WriteAllTextAsync(wrong, "wrong horse", TestContext.Current.CancellationToken);

        var link = bed.Run(bed.Options() with { Protocol = version, PasswordFile = wrong });

        await link.ReasonAsync(reason);
        Assert.DoesNotContain("horse", link.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_are_wrong_are_refused_all_at_once()
    {
        var options = new MqttLinkOptions("broker.example", Port: 0, Tls: false, CaFile: "ca.pem", KeyFile: "key.pem", Path: "mqtt", BackoffSecondsMin: 50, BackoffSecondsMax: 2);

        var fault = Assert.Throws<ArgumentException>(() => new MqttLink(options, "door-1", TimeProvider.System, () => true));

        Assert.All((string[])["Port", "ca_file", "key_file", "path", "backoff_seconds_min"], word => Assert.Contains(word, fault.Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => new MqttLink(new MqttLinkOptions("broker.example"), "door/1", TimeProvider.System, () => true));
    }
}
