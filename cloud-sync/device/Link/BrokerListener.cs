using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Server;

namespace EdgeFace.Link;

/// <summary>Takes the embedded broker's connections: bounded in number, and in what each may send at once.</summary>
sealed class BrokerListener(EmbeddedBrokerOptions options, TimeProvider time) : IMqttServerAdapter
{
    /// <summary>A packet's topic and properties beside its payload.</summary>
    const int PacketOverheadMax = 4096;

    static readonly TimeSpan Handshake = TimeSpan.FromSeconds(10), AcceptPause = TimeSpan.FromMilliseconds(100);

    readonly CancellationTokenSource _stop = new();
    readonly TcpListener _listener = new(IPAddress.Parse(options.Address), options.Port);
    Task _accepting = Task.CompletedTask;
    ServerCertificate? _certificate;
    X509Certificate2Collection? _authorities;
    bool _disposed;
    int _clients;
    long _refused;

    /// <summary>Given by MQTTnet: runs one connection to its end.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Where it listens; the port is known once it was started.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were closed as they came: too many of them, or no handshake.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <exception cref="SocketException">The port is taken.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Certificate or key cannot be used.</exception>
    public Task StartAsync(MqttServerOptions mqttServerOptions, IMqttNetLogger logger)
    {
        if (options.CertificateFile is { } file) _certificate = new ServerCertificate(file, options.KeyFile ?? file, time);
        if (options.ClientCaFile is { } authorities) (_authorities = []).ImportFromPemFile(authorities);
        _listener.Start();
        _accepting = AcceptAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>MQTTnet's server disposes it, too.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;

        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    async Task AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            if (await TakeAsync(stop) is not { } socket) continue;
            if (Interlocked.Increment(ref _clients) <= options.ClientsMax)
            {
                _ = ServeAsync(socket, stop);
                continue;
            }

            Interlocked.Decrement(ref _clients);
            Interlocked.Increment(ref _refused);
            socket.Dispose();
        }
    }

    /// <summary>Null where the system had none to give, as when there are no file descriptors left: it is asked again a little later.</summary>
    async Task<Socket?> TakeAsync(CancellationToken stop)
    {
        try
        {
            return await _listener.AcceptSocketAsync(stop);
        }
        catch (SocketException) when (!stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _refused);
            await Task.Delay(AcceptPause, time, stop);
            return null;
        }
    }

    async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            socket.NoDelay = true;
            var from = socket.RemoteEndPoint;
            await using var plain = new NetworkStream(socket, ownsSocket: true);
            using var own = new CancellationTokenSource(Handshake, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(own.Token, stop);
            await using var stream = await EncryptAsync(plain, either.Token);
            using var channel = new MqttStream(_ => Task.FromResult(stream), new PacketGuard(options.PayloadBytesMax + PacketOverheadMax))
            {
                IsSecureConnection = _certificate is not null,
                ClientCertificate = (stream as SslStream)?.RemoteCertificate as X509Certificate2,
                RemoteEndPoint = from,
            };
            await channel.ConnectAsync(stop);
            var formatter = new MqttPacketFormatterAdapter(new MqttBufferWriter(4096, 65_536));
            using var adapter = new MqttChannelAdapter(channel, formatter, MqttNetNullLogger.Instance);
            if (ClientHandler is { } handle) await handle(adapter);
        }
#pragma warning disable CA1031 // the top of a connection: whatever a client sends, the others go on
        catch (Exception)
#pragma warning restore CA1031
        {
            Interlocked.Increment(ref _refused);
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }

    async Task<Stream> EncryptAsync(Stream plain, CancellationToken stop)
    {
        if (_certificate is null) return plain;

        var stream = new SslStream(plain);
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _certificate.Current(),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = _authorities is not null,
                CertificateChainPolicy = _authorities is null ? null : PolicyOf(_authorities),
                RemoteCertificateValidationCallback = (_, shown, _, errors) => _authorities is null || shown is not null && errors is SslPolicyErrors.None,
            }, stop);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = time.GetUtcNow().LocalDateTime,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
