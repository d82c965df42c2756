using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeFace.Link;

/// <summary>What a broker's reason codes mean for a door (MQTT 5, 2.4; MQTT 3.1.1, table 3.1), and what to do.</summary>
static class MqttReasons
{
    /// <summary>Null when it took the connection.</summary>
    public static BrokenLinkException? Of(MqttConnAckPacket answer, MqttVersion version, MqttLinkOptions options)
    {
        var (accepted, said) = version is MqttVersion.V311
            ? (answer.ReturnCode is MqttConnectReturnCode.ConnectionAccepted, $"{answer.ReturnCode}")
            : (answer.ReasonCode is MqttConnectReasonCode.Success, $"{answer.ReasonCode} {answer.ReasonString}".TrimEnd(' ', '.'));
        if (accepted) return null;

        var (reason, advice) = (version, answer.ReturnCode, answer.ReasonCode) switch
        {
            (MqttVersion.V311, MqttConnectReturnCode.ConnectionRefusedBadUsernameOrPassword, _) or
            (not MqttVersion.V311, _, MqttConnectReasonCode.BadUserNameOrPassword or MqttConnectReasonCode.BadAuthenticationMethod) =>
                ("refused-credentials", "Check user and password_file."),
            (MqttVersion.V311, MqttConnectReturnCode.ConnectionRefusedNotAuthorized, _) or
            (not MqttVersion.V311, _, MqttConnectReasonCode.NotAuthorized or MqttConnectReasonCode.Banned) =>
                ("refused-not-authorised", "Check user, password_file and certificate_file, and what the broker lets this device do."),
            (MqttVersion.V311, MqttConnectReturnCode.ConnectionRefusedUnacceptableProtocolVersion, _) or
            (not MqttVersion.V311, _, MqttConnectReasonCode.UnsupportedProtocolVersion
                or (MqttConnectReasonCode)MqttConnectReturnCode.ConnectionRefusedUnacceptableProtocolVersion) =>
                ("refused-version", "Set protocol to 3.1.1 or 5, as the broker speaks."),
            (MqttVersion.V311, MqttConnectReturnCode.ConnectionRefusedIdentifierRejected, _) or
            (not MqttVersion.V311, _, MqttConnectReasonCode.ClientIdentifierNotValid) =>
                ("refused-identifier", "The broker does not take the device's name as a client identifier."),
            (MqttVersion.V311, MqttConnectReturnCode.ConnectionRefusedServerUnavailable, _) or
            (not MqttVersion.V311, _, MqttConnectReasonCode.ServerBusy or MqttConnectReasonCode.ServerUnavailable
                or MqttConnectReasonCode.QuotaExceeded or MqttConnectReasonCode.ConnectionRateExceeded) =>
                ("refused-busy", "The broker is overloaded, or starting; the device tries again."),
            _ => ("refused", "The broker's log says more."),
        };
        return new(reason, $"{options.Address} refused the connection: {said}. {advice}");
    }

    /// <summary>Of a DISCONNECT, which only MQTT 5 brokers send.</summary>
    public static BrokenLinkException Of(MqttDisconnectPacket goodbye, string address)
    {
        var said = $"{goodbye.ReasonCode} {goodbye.ReasonString}".TrimEnd();
        return goodbye.ReasonCode switch
        {
            MqttDisconnectReasonCode.SessionTakenOver => new("taken-over",
                $"Another client connected to {address} with this device's name ({said}). Two devices bear one name, or a key was stolen: find the other one."),
            MqttDisconnectReasonCode.NotAuthorized => new("refused-not-authorised", $"{address} ended the connection: {said}. Check what the broker lets this device do."),
            MqttDisconnectReasonCode.PacketTooLarge => new("refused-too-large", $"{address} ended the connection over a message that it holds for too large ({said})."),
            MqttDisconnectReasonCode.KeepAliveTimeout => new("timeout", $"{address} heard nothing of this device for too long ({said})."),
            MqttDisconnectReasonCode.ServerShuttingDown or MqttDisconnectReasonCode.ServerBusy => new("refused-busy", $"{address} ended the connection: {said}."),
            _ => new("closed", $"{address} ended the connection: {said}."),
        };
    }

    /// <summary>Null when the message was taken.</summary>
    public static LinkException? Of(MqttPubAckPacket answer, string topic) => (int)answer.ReasonCode < 0x80 ? null : answer.ReasonCode switch
    {
        MqttPubAckReasonCode.NotAuthorized or MqttPubAckReasonCode.TopicNameInvalid => new(LinkFault.Denied,
            $"The broker does not let this device write to {topic}: {answer.ReasonCode} {answer.ReasonString}. Give it that right in the broker's access list."),
        MqttPubAckReasonCode.QuotaExceeded or MqttPubAckReasonCode.PayloadFormatInvalid => new(LinkFault.Denied,
            $"The broker does not take a message to {topic}: {answer.ReasonCode} {answer.ReasonString}. See the quotas that it sets this device."),
        _ => new(LinkFault.Unanswered, $"The broker could not take a message to {topic}: {answer.ReasonCode} {answer.ReasonString}."),
    };
}
