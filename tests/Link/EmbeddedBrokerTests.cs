using EdgeFace.Link;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace EdgeFace.Tests.Link;

public sealed class EmbeddedBrokerTests
{
    [Theory]
    [InlineData("door-1", "wrong")]
    [InlineData("nobody", LinkBed.Password)]
    [InlineData("door-1", null)]
    public async Task Nobody_comes_in_without_his_password(string name, string? password)
    {
        await using var bed = await new LinkBed().StartAsync();

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => PlainClient.ConnectAsync(bed.Broker.Port, name, password));

        Assert.Contains("BadUserNameOrPassword", fault.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, bed.Broker.RefusedClients);
    }

    [Fact]
    public async Task Devices_wait_for_the_hub_to_listen_where_that_is_asked_for()
    {
        await using var bed = await new LinkBed().StartAsync(broker => broker with { First = "hub" });
        var early = bed.Run(bed.Options());
        Assert.Contains("hub is starting", (await early.ReasonAsync("refused-busy")).Message, StringComparison.Ordinal);

        await using var hub = await bed.HubAsync();
        var waiting = PlainClient.ConnectAsync(bed.Broker.Port, "door-2", LinkBed.Password);
        await hub.SubscribeAsync("edgeface/1/+/up/+");
        await using var patient = await waiting; // not sent away
        await early.OnlineAsync();
        await Eventually.TrueAsync(() => !hub.Heard.IsEmpty);
        Assert.Equal(0, bed.Broker.RefusedClients);
    }

    [Fact]
    public async Task A_denied_message_is_told_in_MQTT_5_and_dropped_and_counted_in_3_1_1()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var hub = await bed.HubAsync();
        await hub.SubscribeAsync("edgeface/1/+/up/+");
        await using var newer = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);
        await using var older = await PlainClient.ConnectAsync(bed.Broker.Port, "door-2", LinkBed.Password, MqttProtocolVersion.V311);

        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await newer.PublishAsync("edgeface/1/door-2/up/events", [1]));
        await older.PublishAsync("edgeface/1/door-1/up/events", [2]);
        await older.PublishAsync("edgeface/1/door-2/up/events", [3]);

        await Eventually.TrueAsync(() => !hub.Heard.IsEmpty);
        Assert.Equal(3, Assert.Single(hub.Heard).Payload[0]);
        Assert.Equal(2, bed.Broker.RefusedWrites);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_and_one_that_is_far_too_large_ends_its_connection()
    {
        await using var bed = await new LinkBed().StartAsync(broker => broker with { PayloadBytesMax = 2000 });
        await using var device = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);

        Assert.NotEqual(MqttClientPublishReasonCode.QuotaExceeded, await device.PublishAsync("edgeface/1/door-1/up/events", new byte[2000]));
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await device.PublishAsync("edgeface/1/door-1/up/events", new byte[2001]));
        await Assert.ThrowsAnyAsync<Exception>(() => device.PublishAsync("edgeface/1/door-1/up/events", new byte[200_000]));

        await using var again = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);
        Assert.True(again.IsConnected);
    }

    [Fact]
    public async Task More_clients_than_it_takes_are_turned_away()
    {
        await using var bed = await new LinkBed().StartAsync(broker => broker with { ClientsMax = 2 });
        await using var one = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);
        await using var two = await PlainClient.ConnectAsync(bed.Broker.Port, "door-2", LinkBed.Password);

        await Assert.ThrowsAnyAsync<Exception>(() => PlainClient.ConnectAsync(bed.Broker.Port, "door-3", LinkBed.Password));

        await Eventually.TrueAsync(() => bed.Broker.RefusedClients == 1);
    }

    [Fact]
    public async Task A_device_cannot_take_another_s_session_by_calling_itself_like_it()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var own = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);

        // A client identifier is its user's name, or begins with it and a slash: this user is door-2.
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", bed.Broker.Port)
            .WithClientId("door-1").WithCredentials("door-2", LinkBed.Password).Build();
        using var thief = new MqttClientFactory().CreateMqttClient();
        var answer = await thief.ConnectAsync(options, TestContext.Current.CancellationToken);

        Assert.Equal(MqttClientConnectResultCode.ClientIdentifierNotValid, answer.ResultCode);
        Assert.True(own.IsConnected);
    }

    [Fact]
    public async Task An_account_that_is_written_while_it_runs_may_come_in()
    {
        await using var bed = await new LinkBed().StartAsync();
        var accounts = new BrokerAccounts(bed.AccountsFile);
        await File.WriteAllTextAsync(
            bed.AccountsFile, accounts.With("door-9", BrokerRole.Device, "another secret", iterations: 1000), TestContext.Current.CancellationToken);

        await using var device = await PlainClient.ConnectAsync(bed.Broker.Port, "door-9", "another secret");

        Assert.True(device.IsConnected);
        Assert.Equal(["door-1", "door-2", "door-3", "hub", "door-9"], accounts.All().Select(account => account.Name));
        Assert.DoesNotContain("another secret", await File.ReadAllTextAsync(bed.AccountsFile, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("door-1")]
    [InlineData("door-1:device:pbkdf2-sha256$10$AAAA$AAAA")]
    [InlineData("door-1:root:pbkdf2-sha256$1000$AAAA$AAAA")]
    [InlineData("door/1:device:pbkdf2-sha256$1000$AAAA$AAAA")]
    [InlineData("door-1:device:pbkdf2-sha256$1000$?$AAAA")]
    public async Task A_line_that_is_none_is_named(string line)
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder["accounts"], line, TestContext.Current.CancellationToken);

        var fault = Assert.Throws<FormatException>(() => new BrokerAccounts(folder["accounts"]).All());

        Assert.Contains("accounts(1)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_that_others_could_listen_to_or_nobody_could_use_is_refused()
    {
        Assert.Contains("listen along", Wrong(new EmbeddedBrokerOptions(Address: "0.0.0.0", AccountsFile: "accounts")), StringComparison.Ordinal);
        Assert.Contains("Nobody could connect", Wrong(new EmbeddedBrokerOptions()), StringComparison.Ordinal);
        Assert.Contains("certificate", Wrong(new EmbeddedBrokerOptions(ClientCaFile: "ca.pem")), StringComparison.Ordinal);
    }

    static string Wrong(EmbeddedBrokerOptions options) =>
        Assert.Throws<ArgumentException>(() => new EmbeddedBroker(options, TimeProvider.System)).Message;

    [Theory]
    [InlineData("edgeface/1/door-1/up/events/1")]
    [InlineData("edgeface/1/door-1/up/anything")]
    [InlineData("edgeface/1/door-1/up/")]
    public async Task A_device_writes_on_the_protocol_s_channels_and_no_other(string topic)
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var device = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);

        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await device.PublishAsync(topic, [1], retain: true));
    }

    [Fact]
    public async Task Only_presence_is_kept_for_those_who_come_later()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var device = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);
        await device.PublishAsync("edgeface/1/door-1/up/events", [1], retain: true);
        await device.PublishAsync("edgeface/1/door-1/up/presence", [2], retain: true);

        await using var hub = await bed.HubAsync();
        await hub.SubscribeAsync("edgeface/1/+/up/+");

        await Eventually.TrueAsync(() => !hub.Heard.IsEmpty);
        Assert.Equal("edgeface/1/door-1/up/presence", Assert.Single(hub.Heard).Topic);
    }

    [Fact]
    public async Task One_user_has_so_many_sessions()
    {
        await using var bed = await new LinkBed().StartAsync();
        for (var i = 0; i < 4; i++)
            await (await PlainClient.ConnectAsync(bed.Broker.Port, $"door-1/{i}", LinkBed.Password, MqttProtocolVersion.V311, keeps: true)).DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => PlainClient.ConnectAsync(bed.Broker.Port, "door-1/4", LinkBed.Password));
        await using var again = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1/2", LinkBed.Password);
        await using var other = await PlainClient.ConnectAsync(bed.Broker.Port, "door-2", LinkBed.Password);
        Assert.True(again.IsConnected && other.IsConnected);
    }

    [Fact]
    public async Task Whose_password_is_changed_is_connected_no_longer()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var first = await PlainClient.ConnectAsync(bed.Broker.Port, "door-1", LinkBed.Password);
        await using var second = await PlainClient.ConnectAsync(bed.Broker.Port, "door-2", LinkBed.Password);

        var accounts = new BrokerAccounts(bed.AccountsFile);
        await File.WriteAllTextAsync(bed.AccountsFile, accounts.With("door-1", BrokerRole.Device, "another password", iterations: 1000), TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => !first.IsConnected);
        Assert.True(second.IsConnected);
    }
}
