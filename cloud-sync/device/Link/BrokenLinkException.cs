using System.Net.Sockets;
using System.Security.Authentication;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;

namespace EdgeFace.Link;

/// <summary>Why a connection was not made, or ended: what becomes a <see cref="LinkState"/>.</summary>
sealed class BrokenLinkException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>As "server-certificate-expired".</summary>
    public string Reason { get; } = reason;

    /// <summary>What an exception of the network or of the packet reader means.</summary>
    /// <param name="fault">As it was thrown.</param>
    /// <param name="address">Host and port, for the message.</param>
    public static BrokenLinkException Of(Exception fault, string address)
    {
        for (var each = fault; each is not null; each = each.InnerException)
        {
            if (each is BrokenLinkException known) return known;
            if (TlsAlert(each) is { } alert) return alert;
        }

        for (var each = fault; each is not null; each = each.InnerException)
        {
            if (each is SocketException socket) return Of(socket, address);
            if (each is IOException or ObjectDisposedException)
                return new("closed", $"{address} closed the connection: {each.Message}", fault);
            if (each is OperationCanceledException or TimeoutException)
                return new("timeout", $"{address} did not answer in time. Is it a broker, and is the network up?", fault);
        }

        return fault is MqttCommunicationException and not MqttConnectingFailedException { InnerException: not null } && fault.InnerException is null
            ? new("closed", $"{address} closed the connection.", fault)
            : new("malformed-packet", $"{address} sent what is no MQTT: {Innermost(fault).Message}", fault);
    }

    static BrokenLinkException Of(SocketException fault, string address) => fault.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new(
            "name-not-found", $"Nobody knows the address of {address}. Check the host's name and the device's DNS.", fault),
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => new(
            "closed", $"{address} ended the connection: {fault.Message}", fault),
        _ => new("unreachable", $"{address} cannot be reached: {fault.Message}. Check host, port, network and firewall.", fault),
    };

    /// <summary>In TLS 1.3 a refused client certificate shows only when the first answer is read.</summary>
    static BrokenLinkException? TlsAlert(Exception fault)
    {
        if (!fault.Message.Contains("alert", StringComparison.OrdinalIgnoreCase)) return null;

        string[] ofCertificate = ["certificate", "unknown ca", "access denied"];
        return ofCertificate.Any(word => fault.Message.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? new("client-certificate-refused",
                $"The broker does not take this device's certificate, or wants one: {fault.Message}. Check certificate_file and key_file.", fault)
            : fault is AuthenticationException or IOException ? null
            : new("tls-failed", $"No encrypted connection could be agreed on: {fault.Message}", fault);
    }

    static Exception Innermost(Exception fault) => fault.InnerException is { } inner ? Innermost(inner) : fault;
}
