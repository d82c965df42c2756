using System.Text.Json.Nodes;
using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.IotHub;

/// <summary>Our link against the hub that the vendor's own client was content with.</summary>
public sealed class IotHubLinkTests
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Our_link_does_all_that_the_vendors_client_does(bool hasCertificate)
    {
        await using var house = new HubHouse();
        using var certificate = house.Authority.Issue(HubHouse.Device);
        var (shown, key) = TestAuthority.Write(certificate, house.Folder);
        var device = hasCertificate ? house.Hub.Add(HubHouse.Device, thumbprint: certificate.Thumbprint) : house.AddDevice();
        await device.DesireAsync(Settings("first.signed.text"));
        var options = hasCertificate
            ? house.Options with { KeyFile = null, CertificateFile = shown, CertificateKeyFile = key } : house.Options;

        await using (var link = new RunningLink(options))
        {
            await link.OnlineAsync();
            await link.SendAsync(UpChannel.Events, """[{"seq":1}]""");
            await link.SendAsync(UpChannel.Answers, """{"done":true}""");
            await link.SendAsync(UpChannel.Reported, """{"version":7,"faults":["door"],"door":{"open_seconds":5,"rex":true}}""");
            await link.SendAsync(UpChannel.Reported, """{"version":8,"door":{"open_seconds":5}}""");
            Assert.True(await device.TrySendAsync("%24.to=x&channel=commands&empty=&none", "signed.command.text"u8.ToArray()));
            var answer = await device.InvokeAsync("chunks", """{"number":1}""", Minute);
            var text = await device.InvokeAsync("manifests", "\"a.signed.text\"", Minute);
            await device.DesireAsync(Settings("second.signed.text"));
            await Eventually.TrueAsync(() => link.Received.Count == 5 && device.PendingCount == 0, instead: link.Said);

            Assert.Equal((202, """{"taken":true}"""), answer);
            Assert.Equal((202, """{"taken":true}"""), text);
            Assert.Equal((DownChannel.Desired, "first.signed.text"), link.Received.First());
            Assert.Equal((DownChannel.Desired, "second.signed.text"), link.Received.Last());
            Assert.Contains((DownChannel.Commands, "signed.command.text"), link.Received);
            Assert.Contains((DownChannel.Chunks, """{"number":1}"""), link.Received);
            Assert.Contains((DownChannel.Manifests, "a.signed.text"), link.Received);
            Assert.Equal((2, 2), (link.Link.Meter.Messages, link.Link.Meter.Units));
        }

        Assert.Equal(["events", "answers"], device.Telemetry.Select(each => each.Properties["channel"]));
        Assert.All(device.Telemetry, each => Assert.Equal(
            ("application/json", "utf-8", false), (each.Properties["$.ct"], each.Properties["$.ce"], each.IsRetained)));
        Assert.Equal("""{"edgeface":{"version":8,"door":{"open_seconds":5}}}""", device.Twin.Reported.ToJsonString());
        Assert.Equal(4, device.Subscriptions.Count);
        Assert.Empty(house.Hub.Faults);
    }

    [Fact]
    public async Task Methods_that_are_none_of_ours_are_answered_and_not_heard()
    {
        await using var house = new HubHouse();
        var device = house.AddDevice();
        await using var link = new RunningLink(house.Options);
        await link.OnlineAsync();

        Assert.Equal(404, (await device.InvokeAsync("reboot", "{}", Minute)).Status);
        Assert.Equal(404, (await device.InvokeAsync("1", "{}", Minute)).Status);
        Assert.Equal(400, (await device.InvokeAsync("commands", "[1]", Minute)).Status);
        Assert.Equal(413, (await device.InvokeAsync("commands", $"\"{new string('x', 65_000)}\"", Minute)).Status);
        Assert.True(await device.TrySendAsync("channel=events", "x"u8.ToArray()));
        Assert.True(await device.TrySendAsync("", "x"u8.ToArray()));

        await Eventually.TrueAsync(() => device.PendingCount == 0 && link.Link.Meter.Ignored == 6, instead: link.Said);
        Assert.Empty(link.Received);
    }

    [Fact]
    public async Task Settings_that_changed_while_it_was_away_are_there_after_it_came_back()
    {
        await using var house = new HubHouse();
        var device = house.AddDevice();
        await device.DesireAsync(Settings("one"));
        await using var link = new RunningLink(house.Options);
        await link.OnlineAsync();

        device.Connection?.Cut();
        await device.DesireAsync(Settings("two"));
        await link.ReasonAsync("closed");
        await device.DesireAsync(new JsonObject { ["other"] = 1 });
        await Eventually.TrueAsync(() => link.Received.Count == 2, instead: link.Said);
        device.Connection?.Cut();
        await Eventually.TrueAsync(() => device.Connects.Count >= 3 && link.Link.State.Status is LinkStatus.Online, instead: link.Said);

        Assert.Equal(["one", "two"], link.Received.Select(each => each.Text)); // the third time nothing had changed
        Assert.Equal(2, device.Telemetry.Count(each => each is { IsWill: true, Text: """{"status":"offline"}""" }));
    }

    [Fact]
    public async Task Long_settings_come_in_pieces()
    {
        await using var house = new HubHouse();
        var device = house.AddDevice();
        var (one, two) = (new string('a', 4096), new string('b', 900));
        await device.DesireAsync(new JsonObject { ["edgeface"] = new JsonObject { ["settings"] = new JsonArray(one, two) } });
        await using var link = new RunningLink(house.Options);
        await link.OnlineAsync();

        Assert.Equal((DownChannel.Desired, one + two), Assert.Single(link.Received));
    }

    [Fact]
    public async Task A_message_that_waited_is_delivered_and_one_that_was_not_heard_comes_again()
    {
        await using var house = new HubHouse();
        var device = house.AddDevice();
        for (var each = 0; each < HubDevice.PendingMax; each++) Assert.True(await device.TrySendAsync("channel=receipts", [(byte)('0' + each % 10)]));
        Assert.False(await device.TrySendAsync("channel=receipts", "51"u8.ToArray()));
        await using var link = new RunningLink(house.Options);

        await Eventually.TrueAsync(() => device.PendingCount == 0, instead: link.Said);

        Assert.Equal(HubDevice.PendingMax, link.Received.Count);
        Assert.Equal("0123456789", string.Concat(link.Received.Take(10).Select(each => each.Text)));
    }

    [Theory]
    [InlineData(429, LinkFault.Unanswered, true)]
    [InlineData(503, LinkFault.Unanswered, true)]
    [InlineData(400, LinkFault.Denied, false)]
    public async Task What_the_twin_does_not_take_is_said(int status, LinkFault fault, bool isTransient)
    {
        await using var house = new HubHouse();
        var device = house.AddDevice();
        await using var link = new RunningLink(house.Options);
        await link.OnlineAsync();
        device.TwinStatuses.Enqueue(status);

        var refused = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(UpChannel.Reported, """{"version":1}"""));

        Assert.Equal((fault, isTransient), (refused.Fault, refused.IsTransient));
        Assert.Contains($"{status}", refused.Message);
        await link.SendAsync(UpChannel.Reported, """{"version":1}"""); // and the link stands
        Assert.Equal("""{"edgeface":{"version":1}}""", device.Twin.Reported.ToJsonString());
    }

    [Fact]
    public async Task What_is_too_large_is_not_sent()
    {
        await using var house = new HubHouse();
        var device = house.AddDevice();
        await using var link = new RunningLink(house.Options);
        await link.OnlineAsync();

        Assert.Equal(LinkFault.TooLarge, (await Assert.ThrowsAsync<LinkException>(
            () => link.SendAsync(UpChannel.Events, new string(' ', 65_001)))).Fault);
        Assert.Equal(LinkFault.TooLarge, (await Assert.ThrowsAsync<LinkException>(
            () => link.SendAsync(UpChannel.Reported, $$"""{"x":"{{new string('x', 33_000)}}"}"""))).Fault);
        await link.SendAsync(UpChannel.Events, new string(' ', 65_000));

        Assert.Equal(65_000, Assert.Single(device.Telemetry).Payload.Length);
        Assert.Equal(16, link.Link.Meter.Units);
    }

    static JsonObject Settings(string text) => new() { ["edgeface"] = new JsonObject { ["settings"] = text } };
}
