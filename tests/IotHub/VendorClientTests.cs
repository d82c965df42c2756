using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace EdgeFace.Tests.IotHub;

/// <summary>The vendor's own client finds in the simulated hub what it finds in the real one: so the hub may judge ours.</summary>
public sealed class VendorClientTests
{
    [Theory]
    [InlineData("sas")]
    [InlineData("x509")]
    [InlineData("dps")]
    public async Task The_vendors_client_does_all_that_a_device_does(string way)
    {
        await using var house = new HubHouse();
        using var certificate = house.Authority.Issue(HubHouse.Device);
        var device = way == "x509" ? house.Hub.Add(HubHouse.Device, thumbprint: certificate.Thumbprint) : house.AddDevice();
        house.Dps.Enrollments[HubHouse.Device] = new(house.Key, null, SimulatedHub.Host, HubHouse.Device);
        await device.DesireAsync(new JsonObject { ["edgeface"] = new JsonObject { ["settings"] = "first" } });

        using var client = await VendorClient.StartAsync(way, house.Hub.Port, house.Dps.Port, EnvironmentOf(house, certificate));

        await client.StepAsync("refused");
        await Eventually.TrueAsync(() => device.Subscriptions.ContainsKey($"devices/{HubHouse.Device}/messages/devicebound/#"), instead: client.Said);
        Assert.True(await device.TrySendAsync("channel=commands&empty=&none&%24.mid=c-1", "to you"u8.ToArray()));
        await client.StepAsync("completed");
        await Eventually.TrueAsync(() => device.Subscriptions.ContainsKey("$iothub/methods/POST/#"), instead: client.Said);
        var answer = await device.InvokeAsync("echo", """{"of":"words"}""", TimeSpan.FromSeconds(60));
        await device.DesireAsync(new JsonObject { ["wanted"] = true });
        await client.StepAsync("closed");

        TestContext.Current.TestOutputHelper?.WriteLine(client.Said());

        // What the client saw.
        if (way == "dps") Assert.Equal(SimulatedHub.Host, $"{(await client.StepAsync("registered"))["hub"]}");
        var twin = await client.StepAsync("twin");
        Assert.Equal("first", $"{twin["desired"]?["edgeface"]?["settings"]}");
        var message = await client.StepAsync("message");
        Assert.Equal("to you", $"{message["text"]}");
        Assert.Contains("""["channel","commands"]""", message["properties"]?.ToJsonString());
        Assert.Contains("4 KB", $"{(await client.StepAsync("refused"))["message"]}");
        Assert.Contains(client.Steps, step => step["delta"]?["wanted"] is not null);

        // What the hub saw.
        Assert.Equal((200, """{"echoed":{"of":"words"}}"""), answer);
        var sent = Assert.Single(device.Telemetry, each => !each.IsWill);
        Assert.Equal("""{"temperature":21}""", sent.Text);
        Assert.Equal(("events", "application/json", "utf-8", "m-1", "c&d=e/f"),
            (sent.Properties["channel"], sent.Properties["$.ct"], sent.Properties["$.ce"], sent.Properties["$.mid"], sent.Properties["a b"]));
        Assert.Equal("""{"firmware":"one","edgeface":{"version":7}}""", device.Twin.Reported.ToJsonString());
        Assert.Equal(0, device.PendingCount);
        Assert.Empty(house.Hub.Faults);
        Assert.Empty(house.Dps.Faults);
    }

    [Fact]
    public async Task The_vendors_client_is_refused_with_a_wrong_key()
    {
        await using var house = new HubHouse();
        house.Hub.Add(HubHouse.Device, Encoding.ASCII.GetBytes("another key, of another device.."));
        using var certificate = house.Authority.Issue(HubHouse.Device);
        using var client = await VendorClient.StartAsync("sas", house.Hub.Port, house.Dps.Port, EnvironmentOf(house, certificate));

        var failed = await client.StepAsync("failed");

        Assert.Contains("Not authorized", $"{failed["message"]}");
        Assert.Equal("its signature is wrong", house.Hub.Faults.First());
    }

    static Dictionary<string, string> EnvironmentOf(HubHouse house, X509Certificate2 certificate)
    {
        var (shown, key) = TestAuthority.Write(certificate, house.Folder);
        return new()
        {
            ["NODE_EXTRA_CA_CERTS"] = house.CaFile,
            ["KEY"] = Convert.ToBase64String(house.Key),
            ["CERTIFICATE"] = shown,
            ["CERTIFICATE_KEY"] = key,
        };
    }
}
