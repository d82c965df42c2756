using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeFace.Tests.IotHub;

/// <summary>An enrolment: what the device must show, and what becomes of it.</summary>
/// <param name="Key">Decoded; null where it shows a certificate.</param>
/// <param name="Thumbprint">Of its certificate; null where it has a key.</param>
/// <param name="Hub">Where it belongs.</param>
/// <param name="Device">Under which name.</param>
/// <param name="Status">assigned, failed, disabled.</param>
/// <param name="QuestionsBefore">How often it is still at work when asked.</param>
sealed record DpsEnrollment(
    byte[]? Key, string? Thumbprint, string Hub, string Device, string Status = "assigned", int QuestionsBefore = 1);

/// <summary>Azure's Device Provisioning Service as a device sees it over MQTT 3.1.1.</summary>
sealed partial class SimulatedDps : IAsyncDisposable
{
    public const string Host = "global.azure-devices-provisioning.net", Scope = "0ne000A";

    readonly TimeProvider _clock;
    readonly TlsServer _server;

    public SimulatedDps(X509Certificate2 certificate, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _server = new TlsServer(certificate, ServeAsync);
    }

    public int Port => _server.Port;

    public ConcurrentDictionary<string, DpsEnrollment> Enrollments { get; } = new();

    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>What the next requests are answered instead.</summary>
    public ConcurrentQueue<int> Statuses { get; } = new();

    /// <summary>It takes connections, and from then on says nothing.</summary>
    public bool IsMute { get; set; }

    /// <summary>Who asked to be registered, in turn.</summary>
    public ConcurrentQueue<string> Registered { get; } = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task ServeAsync(Peer peer, CancellationToken stop)
    {
        try
        {
            if (await MqttPacket.ReadAsync(peer.Stream, 64 * 1024, stop) is not { } first) return;

            var connect = MqttConnect.Read(first);
            var fault = Fault(connect, peer);
            if (fault is not null) Faults.Enqueue(fault); // before the answer: whoever has it looks for the fault
            await peer.SendAsync(MqttPacket.Write(0x20, 0, fault is null ? (byte)0 : (byte)5));
            if (fault is null) await RunAsync(peer, connect.ClientId, stop);
        }
        catch (ProtocolException e)
        {
            Faults.Enqueue(e.Message);
        }
    }

    string? Fault(MqttConnect connect, Peer peer)
    {
        if (UserName().Match(connect.User ?? "") is not { Success: true } user) return $"the user name '{connect.User}' has another form";
        if (user.Groups["scope"].Value != Scope) return $"the scope {user.Groups["scope"].Value} is unknown";
        if (user.Groups["id"].Value != connect.ClientId) return "the client id is not the registration's";
        if (!Enrollments.TryGetValue(connect.ClientId, out var enrollment)) return $"the registration '{connect.ClientId}' is unknown";
        if (enrollment.Key is { } key)
            return AccessSignature.Fault(connect.Password ?? "", $"{Scope}/registrations/{connect.ClientId}", "registration", key, _clock.GetUtcNow());
        if (!string.IsNullOrEmpty(connect.Password)) return "a password beside a certificate";
        return peer.Certificate is { } shown && shown.Thumbprint == enrollment.Thumbprint
            && shown.GetNameInfo(X509NameType.SimpleName, false) == connect.ClientId ? null : "the certificate is not the registration's";
    }

    async Task RunAsync(Peer peer, string id, CancellationToken stop)
    {
        var (isHeard, left) = (false, Enrollments[id].QuestionsBefore);
        while (await MqttPacket.ReadAsync(peer.Stream, 64 * 1024, stop) is { } packet)
        {
            if (IsMute) continue;

            var fields = new MqttFields(packet.Body);
            switch (packet.Kind)
            {
                case 8:
                    var number = fields.Number();
                    if (fields.Text() != "$dps/registrations/res/#") throw new ProtocolException("a foreign topic filter");
                    isHeard = true;
                    await peer.SendAsync(MqttPacket.Write(0x90, [.. MqttPacket.Number(number), Math.Min(fields.Byte(), (byte)1)]));
                    break;
                case 10:
                    await peer.SendAsync(MqttPacket.Write(0xB0, MqttPacket.Number(fields.Number())));
                    break;
                case 3:
                    if ((packet.Flags >> 1 & 3) > 1) throw new ProtocolException("a message of quality 2");
                    var topic = fields.Text();
                    if ((packet.Flags & 2) != 0) await peer.SendAsync(MqttPacket.Write(0x40, MqttPacket.Number(fields.Number())));
                    if (!isHeard) throw new ProtocolException("a request before its answers can be heard");
                    var (answered, body) = Answer(topic, id, fields.Rest(), ref left);
                    await peer.SendAsync(MqttPacket.Publish(answered, Encoding.UTF8.GetBytes(body), 0, 0));
                    break;
                case 12:
                    await peer.SendAsync(MqttPacket.Write(0xD0));
                    break;
                case 14:
                    return;
                case not 4:
                    throw new ProtocolException($"a packet of the kind {packet.Kind}");
            }
        }
    }

    (string Topic, string Body) Answer(string topic, string id, byte[] payload, ref int left)
    {
        if (Request().Match(topic) is not { Success: true } request) throw new ProtocolException($"a message on '{topic}'");

        var rid = request.Groups["rid"].Value;
        if (Statuses.TryDequeue(out var forced))
            return ($"$dps/registrations/res/{forced}/?$rid={rid}&retry-after=3", $$"""{"errorCode":{{forced}}000,"message":"as the test wants"}""");
        if (request.Groups["op"].Success && request.Groups["op"].Value != $"4.{id}.op") throw new ProtocolException("an operation that is unknown");
        if (!request.Groups["op"].Success)
        {
            if (JsonNode.Parse(payload)?["registrationId"]?.GetValue<string>() != id) throw new ProtocolException("a body of another registration");
            Registered.Enqueue(id);
        }

        var enrollment = Enrollments[id];
        if (left-- > 0)
            return ($"$dps/registrations/res/202/?$rid={rid}&retry-after=3", $$"""{"operationId":"4.{{id}}.op","status":"assigning"}""");

        var state = new JsonObject { ["registrationId"] = id, ["status"] = enrollment.Status, ["substatus"] = "initialAssignment" };
        if (enrollment.Status == "assigned") (state["assignedHub"], state["deviceId"]) = (enrollment.Hub, enrollment.Device);
        else (state["errorCode"], state["errorMessage"]) = (400209, "Custom allocation failed.");
        return ($"$dps/registrations/res/200/?$rid={rid}",
            new JsonObject { ["operationId"] = $"4.{id}.op", ["status"] = enrollment.Status, ["registrationState"] = state }.ToJsonString());
    }

    [GeneratedRegex(@"^(?<scope>[^/]+)/registrations/(?<id>[^/]+)/api-version=2019-03-31(&ClientVersion=[^&]*)?$")]
    private static partial Regex UserName();

    [GeneratedRegex(@"^\$dps/registrations/(PUT/iotdps-register/\?\$rid=(?<rid>[\w-]+)|GET/iotdps-get-operationstatus/\?\$rid=(?<rid>[\w-]+)&operationId=(?<op>.+))$")]
    private static partial Regex Request();
}
