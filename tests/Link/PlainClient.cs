using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeFace.Tests.Link;

/// <summary>A client of any kind, for what no link does: a hub, a stranger, a thief of names.</summary>
sealed class PlainClient : IAsyncDisposable
{
    readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    /// <summary>What it heard, in order.</summary>
    public ConcurrentQueue<(string Topic, byte[] Payload, bool Retained)> Heard { get; } = [];

    public bool IsConnected => _client.IsConnected;

    public string Goodbye { get; private set; } = "";

    /// <param name="port">On loopback.</param>
    /// <param name="name">Client identifier; the user's name unless there is a slash in it.</param>
    /// <param name="password">Null: none.</param>
    /// <param name="version">Which MQTT.</param>
    /// <param name="keeps">Its session outlives the connection.</param>
    /// <param name="own">Certificate that it shows, and then TLS is spoken, with whoever answers.</param>
    public static async Task<PlainClient> ConnectAsync(
        int port, string name, string? password, MqttProtocolVersion version = MqttProtocolVersion.V500, X509Certificate2? own = null,
        bool keeps = false)
    {
        var it = new PlainClient();
        it._client.ApplicationMessageReceivedAsync += received =>
        {
            var message = received.ApplicationMessage;
            it.Heard.Enqueue((message.Topic, message.Payload.ToArray(), message.Retain));
            return Task.CompletedTask;
        };
        it._client.DisconnectedAsync += end =>
        {
            it.Goodbye = $"{end.Reason}";
            return Task.CompletedTask;
        };
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(name).WithProtocolVersion(version)
            .WithCleanSession(!keeps);
        if (password is not null) options = options.WithCredentials(name.Split('/')[0], password);
        if (own is not null)
        {
            options = options.WithTlsOptions(tls => tls
                .WithClientCertificates([own]).WithCertificateValidationHandler(_ => true));
        }

        var answer = await it._client.ConnectAsync(options.Build());
        if (answer.ResultCode is not MqttClientConnectResultCode.Success) throw new InvalidOperationException($"{answer.ResultCode}");
        return it;
    }

    public async Task<MqttClientPublishReasonCode> PublishAsync(string topic, byte[] payload, bool retain = false) =>
        (await _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new(payload),
            Retain = retain,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        })).ReasonCode;

    public async Task<MqttClientSubscribeResultCode> SubscribeAsync(string filter) =>
        (await _client.SubscribeAsync(new MqttClientSubscribeOptions
        {
            TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }],
        })).Items.Single().ResultCode;

    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected) await _client.DisconnectAsync();
        _client.Dispose();
    }
}
