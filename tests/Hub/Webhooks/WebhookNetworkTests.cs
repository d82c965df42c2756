using System.Net;
using EdgeFace.Hub.Webhooks;
using Xunit;

namespace EdgeFace.Tests.Hub.Webhooks;

/// <summary>Webhooks are no way into the hub's own network.</summary>
public sealed class WebhookNetworkTests
{
    static readonly WebhookNetwork Shut = new([]), Open = new([IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("fd00:1::/32")]);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::127.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1::1")]
    public void An_address_inside_is_refused(string address) => Assert.False(Shut.Takes(IPAddress.Parse(address), isPlain: false));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("64:ff9b::101:101")]
    public void An_address_of_the_internet_is_taken_over_TLS_only(string address)
    {
        Assert.True(Shut.Takes(IPAddress.Parse(address), isPlain: false));
        Assert.False(Shut.Takes(IPAddress.Parse(address), isPlain: true));
        Assert.False(Open.Takes(IPAddress.Parse(address), isPlain: true));
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("fd00:1::5", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("127.0.0.1", false)]
    public void Of_private_networks_those_are_open_that_the_settings_name(string address, bool isTaken) =>
        Assert.Equal(isTaken, Open.Takes(IPAddress.Parse(address), isPlain: true));

    [Theory]
    [InlineData("http://example.org/")]
    [InlineData("ftp://example.org/")]
    [InlineData("https://anna:secret@example.org/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("example.org")]
    [InlineData("https://")]
    public void An_address_that_cannot_be_is_refused_when_it_is_typed(string url) => Assert.NotNull(Shut.Fault(url));

    [Fact]
    public void A_name_is_taken_when_it_is_typed() => Assert.Null(Shut.Fault("https://example.org:8443/doors?tenant=1"));

    [Fact]
    public async Task A_name_that_leads_inside_is_refused_when_it_is_connected_to()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var port = new Uri(receiver.Url).Port;
        using var sender = new WebhookSender(Shut, WebhookPace.Of(TimeSpan.FromHours(1)), TimeProvider.System);

        foreach (var scheme in new[] { "http", "https" })
        {
            var result = await sender.SendAsync(
                $"{scheme}://localhost:{port}/", [WebhookSecret.New()], WebhookBatch.Ping("a", DateTimeOffset.UtcNow), TestContext.Current.CancellationToken);
            Assert.Null(result.Status);
            Assert.Contains("webhooks_private", result.Fault, StringComparison.Ordinal);
        }

        Assert.Empty(receiver.Heard);
    }
}
