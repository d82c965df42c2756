using System.Buffers;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeFace.Link;

/// <summary>
/// Registers a device with Azure's Device Provisioning Service over MQTT (its vendor's protocol, api-version 2019-03-31) by an
/// individual key, a key derived from a group's, or an X.509 certificate, and remembers the outcome until a hub refuses the device.
/// </summary>
/// <param name="options">With <see cref="IotHubOptions.Provisioning"/>.</param>
/// <param name="time">Stamps tokens and paces questions.</param>
/// <param name="recall">What was remembered, or null.</param>
/// <param name="remember">Keeps it over a restart; null forgets.</param>
sealed class ProvisioningClient(
    IotHubOptions options, TimeProvider time, Func<ProvisionedHub?> recall, Action<ProvisionedHub?> remember)
{
    /// <summary>A registration that is at work for longer is begun anew later.</summary>
    const int QuestionsMax = 60;

    static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1), PauseMin = TimeSpan.FromSeconds(2);

    readonly ProvisioningOptions _registration =
        options.Provisioning ?? throw new ArgumentException("There is nothing to provision: the options name the hub.");

    bool _isDoubted;

    TimeSpan AnswerTime => TimeSpan.FromSeconds(options.AnswerTimeoutSeconds);

    /// <summary>What is remembered, or what the service says now.</summary>
    /// <exception cref="IotHubRefusal">It says nothing that can be used: why, and what to do.</exception>
    public async Task<ProvisionedHub> FindAsync(CancellationToken stop)
    {
        var known = recall() is { IsUsable: true } remembered ? remembered : null;
        if (known is not null && !_isDoubted) return known;

        try
        {
            var found = await RegisterAsync(stop);
            remember(found);
            _isDoubted = false;
            return found;
        }
        catch (IotHubRefusal) when (known is not null)
        {
            return known; // an old answer is better than none: the hub itself says whether it is still right
        }
    }

    /// <summary>The hub did not know the device, or is not there: the next time it is registered anew.</summary>
    public void Doubt() => _isDoubted = true;

    async Task<ProvisionedHub> RegisterAsync(CancellationToken stop)
    {
        using var credential = IotHubCredential.Read(options);
        using var client = new MqttClientFactory().CreateMqttClient();
        var requests = new IotHubRequests(time, AnswerTime);
        client.ApplicationMessageReceivedAsync += received =>
        {
            if (IotHubTopics.TryAnswer(received.ApplicationMessage.Topic, IotHubTopics.ProvisioningAnswers, out var status, out var bag))
                requests.Answer(status, bag, received.ApplicationMessage.Payload.ToArray());
            return Task.CompletedTask;
        };

        await IotHubDialer.ConnectAsync(client, Call(credential), credential, options, time, stop);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Func<MqttClientDisconnectedEventArgs, Task> end = _ => broken.CancelAsync();
        client.DisconnectedAsync += end;
        try
        {
            var granted = await client.SubscribeAsync($"{IotHubTopics.ProvisioningAnswers}#", MqttQualityOfServiceLevel.AtLeastOnce, broken.Token)
                .WaitAsync(AnswerTime, time, broken.Token);
            if (granted.Items.FirstOrDefault(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is not null)
                throw new IotHubRefusal("denied-subscription", $"{_registration.Host} does not let '{_registration.Registration}' hear its answers. Is it a provisioning service?");
            return await AskAsync(client, requests, broken.Token);
        }
        catch (Exception e) when (IotHubDialer.IsNetwork(e) && !stop.IsCancellationRequested)
        {
            throw broken.IsCancellationRequested
                ? new IotHubRefusal("closed", $"{_registration.Host} closed the connection while it registered '{_registration.Registration}'.", e)
                : IotHubRefusal.OfNetwork(e, _registration.Host);
        }
        finally
        {
            client.DisconnectedAsync -= end; // it outlives the token source
            await IotHubDialer.LeaveAsync(client, time);
        }
    }

    IotHubCall Call(IotHubCredential credential)
    {
        var (scope, id) = (_registration.IdScope, _registration.Registration);
        var key = credential.Key is { } given && _registration.IsGroupKey ? SasToken.DeriveKey(given, id) : credential.Key;
        var password = key is null ? "" : SasToken.ForRegistration(scope, id, key, time.GetUtcNow(), TokenLifetime).Text;
        // No question mark before api-version here, unlike at the hub.
        return new(_registration.Host, options.Port, id, $"{scope}/registrations/{id}/api-version={_registration.ApiVersion}", password, KeepsSession: false);
    }

    async Task<ProvisionedHub> AskAsync(IMqttClient client, IotHubRequests requests, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new RegistrationRequest(_registration.Registration), ProvisioningJson.Default.RegistrationRequest);
        var answer = await requests.AskAsync(rid => PublishAsync(client, IotHubTopics.Register(rid), body, stop), stop);
        string? operation = null;
        for (var asked = 0; asked < QuestionsMax; asked++)
        {
            var isBusy = answer.Status == 429 || answer.Status >= 500;
            if (isBusy && operation is null) throw IotHubRefusal.OfStatus(_registration.Host, answer.Status, answer.RetryAfter);
            if (!isBusy)
            {
                if (answer.Status >= 300) throw IotHubRefusal.OfStatus(_registration.Host, answer.Status, answer.RetryAfter);

                var said = Read(answer);
                if (said.Status is not ("assigning" or "unassigned")) return Outcome(said);

                operation = said.OperationId ?? operation
                    ?? throw new IotHubRefusal("malformed-answer", $"{_registration.Host} is at work and gives no operationId to ask again with.");
            }

            await Task.Delay(answer.RetryAfter > PauseMin ? answer.RetryAfter : PauseMin, time, stop);
            var known = operation ?? "";
            answer = await requests.AskAsync(rid => PublishAsync(client, IotHubTopics.RegistrationStatus(rid, known), [], stop), stop);
        }

        throw new IotHubRefusal("provisioning-slow", $"{_registration.Host} still assigns after {QuestionsMax} questions. It is tried again later.");
    }

    ProvisionedHub Outcome(RegistrationAnswer said)
    {
        if (said.Status is not "assigned")
        {
            throw new IotHubRefusal($"provisioning-{(said.Status is "disabled" ? "disabled" : "failed")}",
                $"{_registration.Host} does not assign '{_registration.Registration}' ({said.Status}): error " +
                $"{said.RegistrationState?.ErrorCode} {said.RegistrationState?.ErrorMessage}. Look at its enrolment there.");
        }

        var found = new ProvisionedHub(said.RegistrationState?.AssignedHub ?? "", said.RegistrationState?.DeviceId ?? "");
        return found.IsUsable
            ? found
            : throw new IotHubRefusal("malformed-answer", $"{_registration.Host} assigned the hub '{found.AssignedHub}' and the device " +
                $"'{found.DeviceId}': a device's id is 1 to 64 letters, digits, dots, dashes and underscores here.");
    }

    RegistrationAnswer Read(IotHubAnswer answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Payload.Span, ProvisioningJson.Default.RegistrationAnswer) ?? new RegistrationAnswer();
        }
        catch (JsonException e)
        {
            throw new IotHubRefusal("malformed-answer", $"{_registration.Host} answered what is no registration: {e.Message}", e);
        }
    }

    /// <summary>Given a token, the library waits for as long as that lets it.</summary>
    Task<MqttClientPublishResult> PublishAsync(IMqttClient client, string topic, byte[] body, CancellationToken stop) => client.PublishAsync(
        new MqttApplicationMessage { Topic = topic, PayloadSegment = body, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }, stop)
        .WaitAsync(AnswerTime, time, stop);
}
