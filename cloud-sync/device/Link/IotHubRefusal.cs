using System.Net.Sockets;
using System.Security.Authentication;
using MQTTnet;

namespace EdgeFace.Link;

/// <summary>Why there is no connection to the hub or to its provisioning service: what becomes a <see cref="LinkState"/>.</summary>
sealed class IotHubRefusal(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>As "refused-credentials".</summary>
    public string Reason { get; } = reason;

    /// <summary>The hub does not know the device under what it showed: it may have been moved to another hub.</summary>
    public bool AsksForProvisioning { get; init; }

    /// <summary>The shortest pause before the next attempt, where the other side said one.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>What a hub's answer to CONNECT means (MQTT 3.1.1, table 3.1); null when it took the device.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="host">Whose it is.</param>
    /// <param name="device">Who asked: a device's id, or a registration's.</param>
    /// <param name="shown">As "a token" or "a certificate".</param>
    public static IotHubRefusal? Of(MqttClientConnectResultCode code, string host, string device, string shown) => code switch
    {
        MqttClientConnectResultCode.Success => null,
        MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadUserNameOrPassword => new(
            "refused-credentials",
            $"{host} does not let '{device}' in with {shown}: it does not know the device, has it disabled, or the key or certificate is " +
            "another's. Check that the device is registered there under this id, enabled, and with this key or thumbprint, and that " +
            "the device's clock is right.")
        { AsksForProvisioning = true },
        MqttClientConnectResultCode.ClientIdentifierNotValid => new(
            "refused-client-id", $"{host} takes no device of the name '{device}'. Check the id: it is case-sensitive.")
        { AsksForProvisioning = true },
        MqttClientConnectResultCode.ServerUnavailable or MqttClientConnectResultCode.QuotaExceeded => new(
            "throttled",
            $"{host} is not available: too many devices connect at once, or its day's quota of messages is used up. It is tried " +
            "again, ever more seldom; if it stays so, look at the hub's throttling and quota metrics or give it more units."),
        MqttClientConnectResultCode.UnsupportedProtocolVersion => new(
            "refused-protocol", $"{host} does not speak MQTT 3.1.1. Is it an IoT hub? Check the host."),
        _ => new("refused", $"{host} refused '{device}' with the code {(int)code} ({code})."),
    };

    /// <summary>What an answer of the twin or of the provisioning service means when it is no success.</summary>
    /// <param name="what">As "the twin".</param>
    /// <param name="status">Its status.</param>
    /// <param name="retryAfter">What it asks for; zero for nothing.</param>
    public static IotHubRefusal OfStatus(string what, int status, TimeSpan retryAfter) => status switch
    {
        429 => new("throttled",
            $"{what} answered 429: too many requests. It is tried again later; if it stays so, give the hub more units.")
        { RetryAfter = retryAfter },
        401 => new("refused-credentials",
            $"{what} answered 401: the id scope, the registration's id or the key is not the right one. Compare them with the enrolment."),
        404 => new("unknown-device", $"{what} answered 404: it does not know this device. Register it.") { AsksForProvisioning = true },
        >= 500 => new("hub-error", $"{what} answered {status}: it has troubles of its own. It is tried again.") { RetryAfter = retryAfter },
        _ => new("refused", $"{what} answered {status}."),
    };

    /// <summary>What an exception of the network means.</summary>
    /// <param name="fault">As it was thrown.</param>
    /// <param name="address">Host and port, for the message.</param>
    public static IotHubRefusal OfNetwork(Exception fault, string address)
    {
        for (var each = fault; each is not null; each = each.InnerException)
        {
            switch (each)
            {
                case IotHubRefusal known:
                    return known;
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return new("name-not-found",
                        $"Nobody knows the address of {address}. Check the host's name and the device's DNS.", fault);
                case AuthenticationException:
                    return new("tls-failed", $"{address} and this device agree on no encrypted connection: {each.Message}", fault);
                case OperationCanceledException or TimeoutException or MQTTnet.Exceptions.MqttCommunicationTimedOutException:
                    return new("timeout", $"{address} did not answer in time. Is the network up, and port 8883 open?", fault);
            }
        }

        return new("unreachable", $"{address} cannot be reached: {fault.Message} Check host, port, network and firewall.", fault);
    }
}
