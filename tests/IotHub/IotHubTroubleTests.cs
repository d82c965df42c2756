using System.Security.Cryptography;
using EdgeFace.Link;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.IotHub;

/// <summary>What a link says of the hub's refusals, and what it does about them.</summary>
public sealed class IotHubTroubleTests
{
    [Fact]
    public async Task A_token_is_renewed_in_time_and_nothing_is_lost_by_it()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var house = new HubHouse(time);
        var device = house.AddDevice();
        await using var link = new RunningLink(house.Options, time);
        await link.OnlineAsync();

        time.Advance(TimeSpan.FromMinutes(50));
        await link.SendAsync(UpChannel.Events, "[]");
        Assert.Single(device.Connects);

        time.Advance(TimeSpan.FromMinutes(1.5));
        await Eventually.TrueAsync(() => device.Connects.Count == 2 && link.Link.State.Status is LinkStatus.Online, instead: link.Said);
        await link.SendAsync(UpChannel.Events, "[]");

        Assert.Equal(2, device.Connects.Distinct().Count());
        Assert.Equal(2, device.Telemetry.Count(each => !each.IsWill));
        Assert.DoesNotContain(device.Telemetry, each => each.IsWill); // it said goodbye
        Assert.DoesNotContain(link.States, state => state.Status is LinkStatus.Offline);
        Assert.Empty(house.Hub.Faults);
    }

    [Fact]
    public async Task A_token_is_not_renewed_while_a_message_is_in_flight()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var house = new HubHouse(time);
        var device = house.AddDevice();
        await using var link = new RunningLink(house.Options, time);
        await link.OnlineAsync();
        time.Advance(TimeSpan.FromMinutes(50.9));
        var holding = house.Hub.Holding = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = link.SendAsync(UpChannel.Events, "[]");
        await Eventually.TrueAsync(() => !device.Telemetry.IsEmpty);

        for (var each = 0; each < 10; each++) await PassAsync(time); // past the time of renewal, within that of an answer
        Assert.Single(device.Connects);
        house.Hub.Holding = null;
        holding.SetResult();
        await sending; // a renewal would have broken it off
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return device.Connects.Count == 2;
        });
    }

    static async Task PassAsync(FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(2));
        await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_clock_that_is_not_trusted_holds_the_link()
    {
        await using var house = new HubHouse();
        var device = house.AddDevice();
        var isTrusted = false;
        await using var link = new RunningLink(house.Options, isClockTrusted: () => isTrusted);

        var held = await link.ReasonAsync("clock-untrusted");

        Assert.Equal(LinkStatus.Idle, held.Status);
        Assert.Equal(LinkFault.Offline, (await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(UpChannel.Events, "[]"))).Fault);
        Assert.Empty(device.Connects);
        isTrusted = true;
        await link.OnlineAsync();
    }

    [Fact]
    public async Task A_wrong_key_is_refused_in_words_that_hold_no_token()
    {
        await using var house = new HubHouse();
        house.Hub.Add(HubHouse.Device, RandomNumberGenerator.GetBytes(32));
        await using var link = new RunningLink(house.Options);

        var refused = await link.ReasonAsync("refused-credentials");

        Assert.Contains(HubHouse.Device, refused.Message);
        Assert.DoesNotContain("SharedAccessSignature", refused.Message);
        Assert.Equal("its signature is wrong", house.Hub.Faults.First());
    }

    [Fact]
    public async Task A_device_that_the_hub_does_not_know_is_refused_until_it_does()
    {
        await using var house = new HubHouse();
        await using var link = new RunningLink(house.Options);
        await link.ReasonAsync("refused-credentials");
        Assert.Equal($"the device '{HubHouse.Device}' is unknown", house.Hub.Faults.First());

        house.AddDevice();

        await link.OnlineAsync();
    }

    [Fact]
    public async Task A_hub_that_is_not_available_is_tried_again()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        house.Hub.ConnectCodes.Enqueue(3);
        await using var link = new RunningLink(house.Options);

        Assert.Contains("quota", (await link.ReasonAsync("throttled")).Message);
        await link.OnlineAsync();
    }

    [Fact]
    public async Task A_twin_that_is_throttled_is_asked_again()
    {
        await using var house = new HubHouse();
        house.AddDevice().TwinStatuses.Enqueue(429);
        await using var link = new RunningLink(house.Options);

        Assert.Contains("429", (await link.ReasonAsync("throttled")).Message);
        await link.OnlineAsync();
    }

    [Fact]
    public async Task A_days_quota_that_is_used_up_leaves_the_message_unanswered()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        house.Hub.MessagesLeft = 1;
        await using var link = new RunningLink(house.Options);
        await link.OnlineAsync();
        await link.SendAsync(UpChannel.Events, "[1]");

        var refused = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(UpChannel.Events, "[2]"));

        Assert.Equal(LinkFault.Unanswered, refused.Fault);
        Assert.Contains("quota", refused.Message);
        await Eventually.TrueAsync(() => link.States.Any(state => state.Reason.StartsWith("closed", StringComparison.Ordinal)), instead: link.Said);
    }

    [Fact]
    public async Task Another_client_of_the_same_identity_is_named_and_not_fought()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        await using var one = new RunningLink(house.Options with { RetrySecondsMin = 1, RetrySecondsMax = 1 });
        await one.OnlineAsync();
        await using var two = new RunningLink(house.Options with { RetrySecondsMin = 1, RetrySecondsMax = 1 });

        await Eventually.TrueAsync(() => one.States.Concat(two.States).Any(state => state.Reason == "taken-over"), instead: one.Said);

        Assert.Contains("400027", one.States.Concat(two.States).First(state => state.Reason == "taken-over").Message);
        Assert.Contains("400027: a second connection of 'door-1'", house.Hub.Faults);
    }

    [Fact]
    public async Task A_hub_with_anothers_certificate_is_not_spoken_to()
    {
        await using var house = new HubHouse();
        using var other = new TestAuthority();
        var device = house.AddDevice();
        other.WriteRoot(house.CaFile);
        await using var link = new RunningLink(house.Options);

        Assert.Contains("ca_file", (await link.ReasonAsync("server-certificate-untrusted")).Message);
        Assert.Empty(device.Connects);
    }

    [Fact]
    public async Task A_hub_under_another_name_is_not_spoken_to()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        await using var link = new RunningLink(house.Options with { GatewayHost = "127.0.0.1" });

        await link.ReasonAsync("server-certificate-wrong-name");
    }

    [Fact]
    public async Task A_key_file_that_holds_no_key_is_named_and_read_again()
    {
        await using var house = new HubHouse();
        house.AddDevice();
        var right = await File.ReadAllTextAsync(house.KeyFile, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(house.KeyFile, "not base64", TestContext.Current.CancellationToken);
        await using var link = new RunningLink(house.Options);

        Assert.Contains("key_file", (await link.ReasonAsync("file-unreadable")).Message);
        await File.WriteAllTextAsync(house.KeyFile, right, TestContext.Current.CancellationToken);
        await link.OnlineAsync();
    }

    [Theory]
    [InlineData(null, "door-1", "k", null)]
    [InlineData("hub", "door-1", null, null)]
    [InlineData("hub", "door-1", "k", "c")]
    [InlineData("hub", "door/1", "k", null)]
    public void Options_that_contradict_themselves_are_refused(string? host, string? device, string? key, string? certificate) =>
        Assert.Throws<ArgumentException>(() => new IotHubLink(
            new IotHubOptions(host, device, KeyFile: key, CertificateFile: certificate), TimeProvider.System, () => true));

    /// <summary>The hub judges a token by its own clock: how long it was in use counts here as well.</summary>
    [Fact]
    public async Task A_clock_that_is_set_back_holds_back_no_renewal()
    {
        var time = new SetBackTime();
        await using var house = new HubHouse(time);
        var device = house.AddDevice();
        await using var link = new RunningLink(house.Options, time);
        await link.OnlineAsync();

        time.SetBack(TimeSpan.FromMinutes(30)); // not more: the hub's certificate is an hour old
        for (var minute = 0; minute < 60 && device.Connects.Count < 2; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await Eventually.TrueAsync(() => device.Connects.Count == 2, instead: link.Said);
        Assert.DoesNotContain(link.States, state => state.Status is LinkStatus.Offline && state.Reason != "refused-credentials");
    }

    [Fact]
    public async Task A_provisioned_device_whose_hub_is_gone_asks_for_another()
    {
        await using var house = new HubHouse();
        house.AddDevice("door-2");
        house.Dps.Enrollments[HubHouse.Device] = new(house.Key, null, SimulatedHub.Host, "door-2", QuestionsBefore: 0);
        ProvisionedHub? kept = new("gone.invalid", "door-2");
        var options = house.Options with
        {
            Host = null,
            Device = null,
            RetrySecondsMin = 1,
            RetrySecondsMax = 1,
            Provisioning = new ProvisioningOptions(SimulatedDps.Scope, HubHouse.Device, Host: "localhost"),
        };

        // Without a gateway the old name is asked for, which nobody knows.
        await using var link = new RunningLink(
            options with { GatewayHost = null },
            provisioning: new ProvisioningClient(options with { Port = house.Dps.Port }, TimeProvider.System, () => kept, found => kept = found));
        await Eventually.TrueAsync(() => kept?.AssignedHub == SimulatedHub.Host, instead: link.Said);

        Assert.Contains(link.States, state => state.Reason is "name-not-found" or "unreachable" or "timeout");
    }

    /// <summary>A wall clock that is set back while all else goes on.</summary>
    sealed class SetBackTime() : FakeTimeProvider(System.GetUtcNow())
    {
        TimeSpan _back;

        public void SetBack(TimeSpan by) => _back = by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - _back;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
