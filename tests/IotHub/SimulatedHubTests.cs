using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace EdgeFace.Tests.IotHub;

/// <summary>The simulated hub refuses what the real one does: otherwise its content with a client would say nothing.</summary>
public sealed class SimulatedHubTests
{
    [Fact]
    public async Task A_right_device_is_let_in()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        var (device, code) = await RawDevice.ConnectAsync(house);
        using (device) Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("hub.azure-devices.net/devices/door-2", 600, "", "it is for hub.azure-devices.net/devices/door-2")]
    [InlineData("hub.azure-devices.net/devices/door-1", -1, "", "it is expired")]
    [InlineData("hub.azure-devices.net/devices/door-1", 600, "&skn=device", "its policy is 'device'")]
    [InlineData("hub.azure-devices.net/devices/door-1", 600, "&more=1", "the field more is unknown")]
    [InlineData("hub.azure-devices.net/devices/door-1", 600, "&se=9", "'se=9' is no field, or twice there")]
    public async Task A_token_that_is_not_right_is_refused(string resource, int seconds, string more, string fault)
    {
        await using var house = new HubHouse();
        house.AddDevice();
        var (device, code) = await RawDevice.ConnectAsync(house, password: RawDevice.TokenOf(house, resource, seconds, more));

        using (device) Assert.Equal(5, code);
        Assert.StartsWith(fault, Assert.Single(house.Hub.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("door-2", "hub.azure-devices.net/door-1/?api-version=2021-04-12", "the client id")]
    [InlineData("door-1", "hub.azure-devices.net/door-1/api-version=2021-04-12", "the user name")]
    [InlineData("door-1", "hub.azure-devices.net/door-1/?api-version=2031-04-12", "the api-version")]
    [InlineData("door-1", "other.azure-devices.net/door-1/?api-version=2021-04-12", "the user name is for other")]
    [InlineData("door-2", "hub.azure-devices.net/door-2/?api-version=2021-04-12", "the device 'door-2' is unknown")]
    public async Task A_name_that_is_not_right_is_refused(string id, string user, string fault)
    {
        await using var house = new HubHouse();
        house.AddDevice();
        var (device, code) = await RawDevice.ConnectAsync(house, id, user);

        using (device) Assert.Equal(5, code);
        Assert.StartsWith(fault, Assert.Single(house.Hub.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("devices/door-1/messages/events/", 10, 2, "a message of quality 2")]
    [InlineData("devices/door-1/messages/events/", 262_145, 1, "a message of 262145 bytes")]
    [InlineData("devices/door-2/messages/events/", 10, 1, "a message on 'devices/door-2/messages/events/'")]
    [InlineData("edgeface/1/door-1/up/events", 10, 1, "a message on 'edgeface/1/door-1/up/events'")]
    [InlineData("$iothub/twin/GET/", 0, 1, "a message on '$iothub/twin/GET/'")]
    public async Task A_message_that_is_not_right_ends_the_connection(string topic, int bytes, int quality, string fault)
    {
        await using var house = new HubHouse();
        var known = house.AddDevice();
        var (device, _) = await RawDevice.ConnectAsync(house);
        using (device)
        {
            await device.SendAsync(MqttPacket.Publish(topic, new byte[bytes], quality, 1));
            while (await device.ReadAsync() is not null) continue;
        }

        await Eventually.TrueAsync(() => !house.Hub.Faults.IsEmpty);
        Assert.Equal(fault, house.Hub.Faults.Single());
        Assert.Empty(known.Telemetry);
    }

    [Fact]
    public async Task A_sixth_subscription_ends_the_connection_and_quality_2_is_never_granted()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        var (device, _) = await RawDevice.ConnectAsync(house);
        using (device)
        {
            await device.SubscribeAsync(
                "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#", "$iothub/methods/POST/#", "devices/door-1/messages/devicebound/#", "a/b");
            Assert.Equal([0, 9, 1, 1, 1, 1, 0x80], (await device.ReadAsync())?.Body);
            await device.SubscribeAsync("c/d");
            Assert.Null(await device.ReadAsync());
        }

        await Eventually.TrueAsync(() => house.Hub.Faults.Contains("more than 5 subscriptions"));
    }

    [Fact]
    public async Task One_that_is_silent_for_too_long_is_disconnected()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        var (device, _) = await RawDevice.ConnectAsync(house, keepAlive: 1);
        using (device) Assert.Null(await device.ReadAsync());

        await Eventually.TrueAsync(() => house.Hub.Faults.Contains("nothing came for 1.5 s, one and a half times keep-alive"));
    }

    [Fact]
    public async Task A_message_that_was_not_acknowledged_comes_again_and_says_so()
    {
        await using var house = new HubHouse();
        var known = house.AddDevice();
        await known.TrySendAsync("a=b", "one"u8.ToArray());
        var (first, _) = await RawDevice.ConnectAsync(house);
        await first.SubscribeAsync("devices/door-1/messages/devicebound/#");
        await first.ReadAsync();
        Assert.Equal((byte?)0x32, (await first.ReadAsync())?.First);
        first.Dispose();
        await Eventually.TrueAsync(() => known.Connection is null);

        var (second, _) = await RawDevice.ConnectAsync(house);
        using (second)
        {
            var again = await second.ReadAsync();
            Assert.Equal((byte?)0x3A, again?.First); // with DUP
            var fields = new MqttFields(again?.Body ?? []);
            Assert.Equal("devices/door-1/messages/devicebound/a=b", fields.Text());
            await second.SendAsync(MqttPacket.Write(0x40, MqttPacket.Number(fields.Number())));
            await Eventually.TrueAsync(() => known.PendingCount == 0);
        }
    }

    [Fact]
    public async Task A_method_that_is_not_answered_times_out_and_an_absent_device_is_not_found()
    {
        await using var house = new HubHouse();
        var known = house.AddDevice();
        Assert.Equal(404, (await known.InvokeAsync("commands", "{}", TimeSpan.FromSeconds(1))).Status);

        var (device, _) = await RawDevice.ConnectAsync(house);
        using (device)
        {
            await device.SubscribeAsync("$iothub/methods/POST/#");
            await device.ReadAsync();
            Assert.Equal(504, (await known.InvokeAsync("commands", "{}", TimeSpan.FromMilliseconds(50))).Status);
        }
    }

    [Theory]
    [InlineData("""{"a.b":1}""")]
    [InlineData("""{"$a":1}""")]
    [InlineData("""{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":1}}}}}}}}}}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void A_twin_takes_no_patch_that_breaks_its_rules(string patch) =>
        Assert.Equal(400, new HubTwin().Report(Encoding.UTF8.GetBytes(patch)).Status);

    [Fact]
    public void A_twin_grows_to_32_kb_and_no_further()
    {
        var twin = new HubTwin();
        for (var each = 0; each < 8; each++)
            Assert.Equal(each < 7 ? 204 : 400, twin.Report(Encoding.UTF8.GetBytes($$"""{"{{each}}":"{{new string('x', 4096)}}"}""")).Status);
        Assert.Equal(204, twin.Report("""{"0":null,"new":true}"""u8.ToArray()).Status);
        Assert.Equal((9, 7), (twin.ReportedVersion, twin.Reported.Count));
        Assert.Null(JsonNode.Parse(twin.Json())?["reported"]?["0"]);
    }
}
