using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Hub.Fleet;

public sealed class ProvisioningTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData("hub"), InlineData("HUB"), InlineData("add"), InlineData("front door"), InlineData("")]
    public async Task A_name_of_the_hub_s_own_or_no_name_gets_no_code(string name)
    {
        await using var hub = await HubUnderTest.StartAsync();
        await Assert.ThrowsAsync<FormatException>(() => hub.The<Provisioning>().InviteAsync(name, new Doer(hub.The<AuditLog>(), "test"), Stop));
    }

    [Fact]
    public async Task Another_computer_takes_no_name_under_which_events_came_and_the_same_one_does()
    {
        await using var hub = await HubUnderTest.StartAsync();
        using var first = SigningKey.Create();
        using var second = SigningKey.Create();
        Assert.NotNull(await ComeAsync(hub, first));
        Assert.NotNull(await ComeAsync(hub, second)); // nothing was said under that name yet

        await using (var connection = await hub.Database.OpenAsync(Stop))
        {
            await connection.ExecuteAsync(
                "INSERT INTO event (device, boot, seq, at, received, priority, kind, body) VALUES ('front', 1, 1, 1, 1, 1, 'granted', '{}')", [], Stop);
        }

        var refusal = await Assert.ThrowsAsync<FormatException>(() => ComeAsync(hub, first));
        Assert.Contains("Give this one a name of its own", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(await ComeAsync(hub, second));
    }

    [Fact]
    public async Task Revoked_twice_is_revoked_once_and_nobody_is_nobody()
    {
        await using var hub = await HubUnderTest.StartAsync();
        using var key = SigningKey.Create();
        await ComeAsync(hub, key);
        Assert.True(await hub.The<Provisioning>().RevokeAsync("front", new Doer(hub.The<AuditLog>(), "tess"), Stop));
        var at = (await hub.The<DeviceStore>().FindAsync("front", Stop))?.Revoked;
        Assert.NotNull(at);
        Assert.True(await hub.The<Provisioning>().RevokeAsync("front", new Doer(hub.The<AuditLog>(), "tess"), Stop));
        Assert.Equal(at, (await hub.The<DeviceStore>().FindAsync("front", Stop))?.Revoked);
        Assert.False(await hub.The<Provisioning>().RevokeAsync("back", new Doer(hub.The<AuditLog>(), "tess"), Stop));
    }

    [Fact]
    public async Task What_another_instance_has_revoked_is_soon_on_the_list_of_this_one_s_broker_too()
    {
        await using var hub = await HubUnderTest.StartAsync();
        using var key = SigningKey.Create();
        await ComeAsync(hub, key);
        await using (var connection = await hub.Database.OpenAsync(Stop))
        {
            await connection.ExecuteAsync("INSERT INTO certificate (serial, device, issued, revoked) VALUES ('0123456789ABCDEF', 'front', 1, 2)", [], Stop);
        }

        var list = Path.Combine(hub.Folder.Authority, "revoked.crl");
        using var loop = new RevocationLoop(hub.The<Provisioning>(), TimeProvider.System, NullLogger<RevocationLoop>.Instance);
        await loop.StartAsync(Stop);
        await Eventually.TrueAsync(() => File.Exists(list) && Holds(list, "0123456789ABCDEF"));
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task A_code_that_was_cancelled_is_good_no_more()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var (provisioning, by) = (hub.The<Provisioning>(), new Doer(hub.The<AuditLog>(), "test"));
        using var key = SigningKey.Create();
        var code = await provisioning.InviteAsync("front", by, Stop);

        Assert.True(await provisioning.CancelAsync("front", by, Stop));
        Assert.False(await provisioning.CancelAsync("front", by, Stop));
        Assert.Empty(await provisioning.AwaitedAsync(Stop));
        Assert.Null(await provisioning.RedeemAsync(new ProvisioningRequest(code, "front", key.Public.Spki), "main", Stop));

        Assert.NotNull(await ComeAsync(hub, key));
        Assert.False(await provisioning.CancelAsync("front", by, Stop)); // it has come: that is for revoking
        Assert.NotNull(await hub.The<DeviceStore>().FindAsync("front", Stop));
    }

    static bool Holds(string list, string serial)
    {
        var der = PemEncoding.TryFind(File.ReadAllText(list), out var fields) ? Convert.FromBase64String(File.ReadAllText(list)[fields.Base64Data]) : File.ReadAllBytes(list);
        return CertificateRevocationListBuilder.Load(der, out _, out _).RemoveEntry(Convert.FromHexString(serial));
    }

    static async Task<ProvisioningAnswer?> ComeAsync(HubUnderTest hub, SigningKey key)
    {
        var code = await hub.The<Provisioning>().InviteAsync("front", new Doer(hub.The<AuditLog>(), "test"), Stop);
        return await hub.The<Provisioning>().RedeemAsync(new ProvisioningRequest(code, "front", key.Public.Spki), "main", Stop);
    }
}
