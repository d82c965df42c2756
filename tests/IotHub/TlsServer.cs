using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Tests.IotHub;

/// <summary>Who has connected.</summary>
/// <param name="stream">Encrypted.</param>
/// <param name="certificate">What it showed, or null.</param>
sealed class Peer(SslStream stream, X509Certificate2? certificate) : IDisposable
{
    readonly SemaphoreSlim _sending = new(1);

    public Stream Stream => stream;

    public X509Certificate2? Certificate => certificate;

    public async Task SendAsync(byte[] packet)
    {
        try
        {
            await _sending.WaitAsync();
            await stream.WriteAsync(packet);
            _sending.Release();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has gone, before or while it was sent, and the one who reads finds out.
        }
    }

    /// <summary>Ends the connection without a word: MQTT 3.1.1 knows none.</summary>
    public void Cut() => stream.Dispose();

    public void Dispose() => _sending.Dispose();
}

/// <summary>A server on the loopback that speaks TLS and asks for a certificate without needing one.</summary>
sealed class TlsServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly SslServerAuthenticationOptions _tls;
    readonly Func<Peer, CancellationToken, Task> _serve;
    readonly Task _accepting;

    public TlsServer(X509Certificate2 certificate, Func<Peer, CancellationToken, Task> serve)
    {
        _serve = serve;
        _tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is null or { Subject.Length: > 0 }, // whose it is, is judged later
        };
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // the test is over
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_tls, _stop.Token);
                using var shown = stream.RemoteCertificate is { } found ? new X509Certificate2(found) : null;
                using var peer = new Peer(stream, shown);
                await _serve(peer, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException
                or ObjectDisposedException or InvalidOperationException)
            {
                // a connection ends in many ways, and none of them ends the server
            }
        }
    }
}
