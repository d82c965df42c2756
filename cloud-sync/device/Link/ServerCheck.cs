using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Link;

/// <summary>Looks at a server's certificate and keeps what was wrong with it, which a handshake that fails does not say.</summary>
/// <param name="name">Which name it must bear.</param>
/// <param name="revoked">What was taken back.</param>
/// <param name="now">By the device's clock.</param>
sealed class ServerCheck(string name, RevocationList? revoked, DateTimeOffset now)
{
    public BrokenLinkException? Refusal { get; private set; }

    /// <summary>What a handshake asks back.</summary>
    public bool Accepts(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = Judge(shown as X509Certificate2, chain, errors);
        return Refusal is null;
    }

    BrokenLinkException? Judge(X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return new("server-certificate-untrusted", $"{name} showed no certificate.");

        var status = chain?.ChainStatus ?? [];
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return status.All(each => each.Status is X509ChainStatusFlags.NotTimeValid)
                ? new("server-certificate-expired",
                    $"The certificate of {name} holds from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u}, "
                    + $"or one above it does not; this device's clock says {now:u}. Renew the certificate, or set the clock.")
                : new("server-certificate-untrusted",
                    $"The certificate of {name} was issued by '{shown.Issuer}', which this device does not trust "
                    + $"({string.Join(", ", status.Select(each => each.Status))}). Put its authority's certificate into ca_file, or ask who answers there.");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return new("server-certificate-wrong-name",
                $"The certificate that was shown is not for {name} but for '{shown.Subject}'. Set server_name, or ask who answers there.");
        }

        return revoked is not null && (chain?.ChainElements.Any(each => revoked.Has(each.Certificate)) ?? true)
            ? new("server-certificate-revoked", $"The certificate of {name}, number {shown.SerialNumber}, was taken back by its authority. Give the broker a new one.")
            : null;
    }
}
