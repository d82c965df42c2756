using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Link;

/// <summary>Opens what MQTT is spoken over: TCP, TLS 1.2 or 1.3 on it, a WebSocket (RFC 6455) on that.</summary>
sealed class LinkDialer(MqttLinkOptions options, LinkFiles files, TimeProvider time)
{
    /// <exception cref="BrokenLinkException">The server's certificate was refused.</exception>
    public async Task<Stream> OpenAsync(CancellationToken stop)
    {
        if (options.Transport is MqttTransport.Tcp) return await OpenPlainAsync(stop);

        var handler = new SocketsHttpHandler { ConnectCallback = async (_, inner) => await OpenPlainAsync(inner), UseProxy = false };
        using var invoker = new HttpMessageInvoker(handler);
        var socket = new ClientWebSocket();
        try
        {
            // Not wss: the stream below has its TLS already, with this link's own rules.
            socket.Options.AddSubProtocol("mqtt");
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            await socket.ConnectAsync(new UriBuilder("ws", options.Host, options.Port, options.Path).Uri, invoker, stop);
            return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    async Task<Stream> OpenPlainAsync(CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, stop);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var plain = new NetworkStream(socket, ownsSocket: true);
        return options.Tls ? await EncryptAsync(plain, stop) : plain;
    }

    async Task<Stream> EncryptAsync(Stream plain, CancellationToken stop)
    {
        var name = options.ServerName ?? options.Host;
        var check = new ServerCheck(name, files.Revoked, time.GetUtcNow());
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck, // a door's network need not reach its authority: crl_file says it
            VerificationTime = time.GetUtcNow().LocalDateTime,
            DisableCertificateDownloads = true,
        };
        if (files.Authorities is { } authorities)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        var stream = new SslStream(plain);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = policy,
                ClientCertificateContext = files.Shown,
                RemoteCertificateValidationCallback = (_, shown, chain, errors) => check.Accepts(shown, chain, errors),
            }, stop);
            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (check.Refusal is { } refusal) throw refusal;
            if (e is AuthenticationException or IOException)
            {
                var known = BrokenLinkException.Of(e, options.Address);
                throw known.Reason is "client-certificate-refused" ? known : new BrokenLinkException(
                    "tls-failed", $"{options.Address} did not agree on TLS 1.2 or 1.3: {e.Message} Is it the port for TLS?", e);
            }

            throw;
        }
    }
}
