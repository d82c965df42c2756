using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeFace.Wire;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeFace.Link;

/// <summary>Who comes, and where to.</summary>
/// <param name="Host">Whose certificate it must be.</param>
/// <param name="Port">TCP.</param>
/// <param name="ClientId">The device's id, or the registration's.</param>
/// <param name="User">Host or scope, id and api-version.</param>
/// <param name="Password">A token, or empty with a certificate.</param>
/// <param name="KeepsSession">A hub keeps messages to the device while it is away; the provisioning service keeps nothing.</param>
/// <param name="Will">The topic that says the device is gone; null for none.</param>
sealed record IotHubCall(string Host, int Port, string ClientId, string User, string Password, bool KeepsSession, string? Will = null);

/// <summary>Opens connections to a hub or its provisioning service: MQTT 3.1.1 over TLS 1.2 or 1.3, never without.</summary>
static class IotHubDialer
{
    /// <summary>What the will says, as on the presence channel of any broker.</summary>
    static readonly byte[] Gone = new PresenceDocument(PresenceStatus.Offline).ToJson();

    /// <exception cref="IotHubRefusal">It was not made: why, and what to do.</exception>
    public static async Task ConnectAsync(
        IMqttClient client, IotHubCall call, IotHubCredential credential, IotHubOptions options, TimeProvider time, CancellationToken stop)
    {
        IotHubRefusal? certificate = null;
        var tcp = new MqttClientOptionsBuilder()
            .WithTcpServer(call.Host, call.Port)
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(call.ClientId)
            .WithCredentials(call.User, call.Password)
            .WithCleanSession(!call.KeepsSession)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(options.KeepAliveSeconds))
            .WithTimeout(TimeSpan.FromSeconds(options.ConnectTimeoutSeconds))
            .WithTlsOptions(tls => tls
                .UseTls()
                .WithTargetHost(call.Host)
                .WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13)
                .WithClientCertificates(credential.Certificates)
                .WithCertificateValidationHandler(shown =>
                    (certificate = Fault(shown.Certificate, shown.Chain, shown.SslPolicyErrors, credential.Authorities, call.Host)) is null));
        if (call.Will is { } will)
        {
            tcp.WithWillTopic(will).WithWillPayload(Gone).WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.ConnectTimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        MqttClientConnectResult result;
        try
        {
            result = await client.ConnectAsync(tcp.Build(), either.Token);
        }
        catch (Exception e) when (IsNetwork(e) && !stop.IsCancellationRequested)
        {
            throw certificate ?? IotHubRefusal.OfNetwork(e, $"{call.Host}:{call.Port}");
        }

        if (IotHubRefusal.Of(result.ResultCode, call.Host, call.ClientId, credential.Shown) is { } refusal) throw refusal;
    }

    /// <summary>Says goodbye where that is still possible; a connection that is broken needs none.</summary>
    public static async Task LeaveAsync(IMqttClient client, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        try
        {
            if (client.IsConnected) await client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token);
        }
        catch (Exception e) when (IsNetwork(e))
        {
            // it broke meanwhile, which is what was wanted
        }
    }

    /// <summary>What a broken connection throws, here and inside the client.</summary>
    public static bool IsNetwork(Exception e) => e is MQTTnet.Exceptions.MqttCommunicationException
        or MQTTnet.Exceptions.MqttProtocolViolationException or IOException or OperationCanceledException or TimeoutException
        or System.Net.Sockets.SocketException or AuthenticationException or InvalidOperationException or ObjectDisposedException
        or IotHubRefusal;

    /// <summary>Null for a certificate that is the host's own and comes from whom it must.</summary>
    static IotHubRefusal? Fault(
        X509Certificate shown, X509Chain chain, SslPolicyErrors errors, X509Certificate2Collection? authorities, string host)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return new("server-certificate-untrusted", $"{host} shows no certificate.");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return new("server-certificate-wrong-name", $"The certificate of {host} bears another name: {shown.Subject}. Check the host.");

        using var own = new X509Chain();
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a door's network need not reach its authority
        own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        if (authorities is not null)
        {
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        using var certificate = X509CertificateLoader.LoadCertificate(shown.Export(X509ContentType.Cert));
        if (own.Build(certificate)) return null;

        var status = string.Join(' ', own.ChainStatus.Select(each => each.StatusInformation.Trim()).Distinct());
        return own.ChainStatus.All(each => each.Status is X509ChainStatusFlags.NotTimeValid)
            ? new("server-certificate-expired",
                $"The certificate of {host} is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} only. Is the device's clock right?")
            : new("server-certificate-untrusted",
                $"The certificate of {host} comes from nobody that is trusted here: {status} Check ca_file, or the system's certificates.");
    }
}
