using System.Buffers;
using System.Diagnostics;
using EdgeFace.Consumer;
using EdgeFace.Delivery;
using EdgeFace.Link;
using EdgeFace.Wire;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeFace.Benchmarks;

/// <summary>A hub and a device with a real broker between them, all in this process, over loopback.</summary>
sealed class PushOverMqtt : IAsyncDisposable
{
    const string Password = "of a measurement";

    readonly EmbeddedBroker _broker;
    readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    readonly CancellationTokenSource _stop = new();
    readonly PushHouse _house;
    readonly GalleryLoop _loop;
    readonly MqttLink _link;
    readonly List<Task> _tasks = [];
    PressedGallery? _push;

    PushOverMqtt(PushHub hub, EmbeddedBroker broker, string passwordFile)
    {
        _broker = broker;
        _link = new MqttLink(
            new MqttLinkOptions("127.0.0.1", broker.Port, Tls: false, PasswordFile: passwordFile), PushHouse.Device, TimeProvider.System, () => true);
        _house = new PushHouse(hub.Folder, start: false);
        _loop = new GalleryLoop(_link, _house.Intake, TimeProvider.System);
        _link.Received = _loop.Hear;
    }

    public long Lost => _loop.Lost;

    public static async Task<PushOverMqtt> StartAsync(PushHub hub)
    {
        var (accounts, password) = (Path.Combine(hub.Home, "accounts"), Path.Combine(hub.Home, "password"));
        await File.WriteAllTextAsync(password, Password);
        var known = new BrokerAccounts(accounts);
        await File.WriteAllTextAsync(accounts, known.With(PushHouse.Device, BrokerRole.Device, Password, iterations: 1000));
        await File.WriteAllTextAsync(accounts, known.With("hub", BrokerRole.Hub, Password, iterations: 1000));
        var broker = new EmbeddedBroker(new EmbeddedBrokerOptions(Port: 0, AccountsFile: accounts), TimeProvider.System);
        await broker.StartAsync();
        var it = new PushOverMqtt(hub, broker, password);
        await it.ConnectAsync();
        return it;
    }

    async Task ConnectAsync()
    {
        _client.ApplicationMessageReceivedAsync += AnswerAsync;
        await _client.ConnectAsync(new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", _broker.Port).WithClientId("hub").WithCredentials("hub", Password).Build(), _stop.Token);
        await _client.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter(Topics.UpOfAll).Build(), _stop.Token);
        _tasks.Add(Task.Run(() => _link.RunAsync(_stop.Token)));
        _tasks.Add(Task.Run(() => _loop.RunAsync(_stop.Token)));
        while (_link.State.Status is not LinkStatus.Online) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, _stop.Token);
    }

    /// <summary>From its first message to where it is in force and durable, in ms.</summary>
    public async Task<double> SendAsync(PressedGallery push)
    {
        _push = push;
        var before = _house.Intake.Applied;
        var watch = Stopwatch.StartNew();
        foreach (var message in push.Messages()) await PublishAsync(message);
        while (_house.Intake.Applied == before) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, _stop.Token);
        return watch.Elapsed.TotalMilliseconds;
    }

    Task<MqttClientPublishResult> PublishAsync(DownMessage message) => _client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = Topics.Of(PushHouse.Device, message.Channel),
            Payload = new(message.Payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        }, _stop.Token);

    async Task AnswerAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        if (GalleryReport.Parse(received.ApplicationMessage.Payload.ToArray()) is not { Wanting: not null } report || _push is null) return;
        foreach (var message in _push.Answer(report)) await PublishAsync(message);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var task in _tasks) await task.ContinueWith(_ => { }, TaskScheduler.Default);
        _client.Dispose();
        await _broker.DisposeAsync();
        _house.Dispose();
        _stop.Dispose();
    }
}
