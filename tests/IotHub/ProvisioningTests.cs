using System.Security.Cryptography;
using EdgeFace.Link;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.IotHub;

public sealed class ProvisioningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_device_finds_its_hub_by_its_own_key_or_its_groups(bool isGroupKey)
    {
        await using var house = new HubHouse();
        var key = isGroupKey ? HMACSHA256.HashData(house.Key, "door-1"u8) : house.Key;
        var device = house.Hub.Add(HubHouse.Device, key);
        house.Dps.Enrollments[HubHouse.Device] = new(key, null, SimulatedHub.Host, HubHouse.Device);
        ProvisionedHub? kept = null;
        var options = Options(house) with { Provisioning = Registration with { IsGroupKey = isGroupKey } };

        await using var link = new RunningLink(
            options with { Port = house.Hub.Port }, provisioning: Client(options, () => kept, found => kept = found));
        await link.OnlineAsync();

        Assert.Equal(new ProvisionedHub(SimulatedHub.Host, HubHouse.Device), kept);
        Assert.Equal(kept, ProvisionedHub.Parse(kept?.ToJson()));
        Assert.Single(house.Dps.Registered);
        Assert.Single(device.Connects);
        Assert.Empty(house.Dps.Faults);
    }

    [Fact]
    public async Task A_device_finds_its_hub_by_a_certificate()
    {
        await using var house = new HubHouse();
        using var certificate = house.Authority.Issue(HubHouse.Device);
        var (shown, key) = TestAuthority.Write(certificate, house.Folder);
        house.Dps.Enrollments[HubHouse.Device] = new(null, certificate.Thumbprint, SimulatedHub.Host, "door-9");

        var found = await FindAsync(Options(house) with { KeyFile = null, CertificateFile = shown, CertificateKeyFile = key });

        Assert.Equal(new ProvisionedHub(SimulatedHub.Host, "door-9"), found);
        Assert.Empty(house.Dps.Faults);
    }

    [Fact]
    public async Task What_is_remembered_is_not_asked_again_until_a_hub_refuses_the_device()
    {
        await using var house = new HubHouse();
        var device = house.AddDevice("door-2");
        house.Dps.Enrollments[HubHouse.Device] = new(house.Key, null, SimulatedHub.Host, "door-2", QuestionsBefore: 0);
        ProvisionedHub? kept = new(SimulatedHub.Host, "door-moved-away");
        var options = Options(house);

        await using var link = new RunningLink(
            options with { Port = house.Hub.Port }, provisioning: Client(options, () => kept, found => kept = found));
        await link.ReasonAsync("refused-credentials");
        await link.OnlineAsync();

        Assert.Equal("door-2", kept?.DeviceId);
        Assert.Single(house.Dps.Registered);
        Assert.Single(device.Connects);
    }

    [Theory]
    [InlineData("failed", "provisioning-failed")]
    [InlineData("disabled", "provisioning-disabled")]
    public async Task An_assignment_that_fails_is_said_with_its_reason(string status, string reason)
    {
        await using var house = new HubHouse();
        house.Dps.Enrollments[HubHouse.Device] = new(house.Key, null, SimulatedHub.Host, HubHouse.Device, status);

        var refused = await Assert.ThrowsAsync<IotHubRefusal>(() => FindAsync(Options(house)));

        Assert.Equal(reason, refused.Reason);
        Assert.Contains("400209", refused.Message);
    }

    [Theory]
    [InlineData(401, "refused-credentials")]
    [InlineData(404, "unknown-device")]
    [InlineData(429, "throttled")]
    [InlineData(500, "hub-error")]
    public async Task What_the_service_refuses_is_said(int status, string reason)
    {
        await using var house = new HubHouse();
        house.Dps.Enrollments[HubHouse.Device] = new(house.Key, null, SimulatedHub.Host, HubHouse.Device);
        house.Dps.Statuses.Enqueue(status);

        var refused = await Assert.ThrowsAsync<IotHubRefusal>(() => FindAsync(Options(house)));

        Assert.Equal(reason, refused.Reason);
        Assert.Equal(status >= 429 ? TimeSpan.FromSeconds(3) : TimeSpan.Zero, refused.RetryAfter);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_at_the_door()
    {
        await using var house = new HubHouse();
        house.Dps.Enrollments[HubHouse.Device] = new(RandomNumberGenerator.GetBytes(32), null, SimulatedHub.Host, HubHouse.Device);

        var refused = await Assert.ThrowsAsync<IotHubRefusal>(() => FindAsync(Options(house)));

        Assert.Equal("refused-credentials", refused.Reason);
        Assert.Contains("its signature is wrong", house.Dps.Faults);
    }

    [Fact]
    public async Task A_service_that_is_at_work_is_asked_again_when_it_said()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var house = new HubHouse(time);
        house.Dps.Enrollments[HubHouse.Device] = new(house.Key, null, SimulatedHub.Host, HubHouse.Device, QuestionsBefore: 3);
        var began = time.GetUtcNow();
        var finding = Client(Options(house), () => null, _ => { }, time).FindAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() =>
        {
            if (!house.Dps.Registered.IsEmpty) time.Advance(TimeSpan.FromMilliseconds(100));
            return finding.IsCompleted;
        });

        Assert.Equal(HubHouse.Device, (await finding).DeviceId);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(9), "three times three seconds");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"assignedHub":"hub","deviceId":"a/b"}""")]
    [InlineData("""{"assignedHub":"","deviceId":"a"}""")]
    [InlineData("nothing")]
    public void What_was_remembered_and_cannot_be_used_is_forgotten(string json) =>
        Assert.Null(ProvisionedHub.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    static ProvisioningOptions Registration => new(SimulatedDps.Scope, HubHouse.Device, Host: "localhost");

    static IotHubOptions Options(HubHouse house) => house.Options with { Host = null, Device = null, Provisioning = Registration, Port = house.Dps.Port };

    static ProvisioningClient Client(
        IotHubOptions options, Func<ProvisionedHub?> recall, Action<ProvisionedHub?> remember, TimeProvider? time = null) =>
        new(options, time ?? TimeProvider.System, recall, remember);

    static Task<ProvisionedHub> FindAsync(IotHubOptions options) =>
        Client(options, () => null, _ => { }).FindAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_service_that_never_answers_is_given_up()
    {
        await using var house = new HubHouse();
        house.Dps.Enrollments[HubHouse.Device] = new(house.Key, null, SimulatedHub.Host, HubHouse.Device);
        house.Dps.IsMute = true;

        var fault = await Assert.ThrowsAsync<IotHubRefusal>(() => FindAsync(Options(house) with { AnswerTimeoutSeconds = 1 }));

        Assert.Equal("timeout", fault.Reason);
    }
}
