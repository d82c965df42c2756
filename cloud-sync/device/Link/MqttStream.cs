using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace EdgeFace.Link;

/// <summary>
/// A stream as MQTTnet wants to have one, with a guard before it: what is read is looked at before the packet reader makes
/// room for it. Both ends use it, the link and the embedded broker.
/// </summary>
sealed class MqttStream(Func<CancellationToken, Task<Stream>> open, PacketGuard guard) : IMqttChannel
{
    const int ReadBytes = 8192;

    readonly byte[] _read = new byte[ReadBytes];
    ReadOnlyMemory<byte> _waiting;
    Stream? _stream;

    public X509Certificate2? ClientCertificate { get; init; }

    public EndPoint? RemoteEndPoint { get; init; }

    public EndPoint? LocalEndPoint => null;

    public bool IsSecureConnection { get; init; }

    public async Task ConnectAsync(CancellationToken cancellationToken) => _stream = await open(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_waiting.IsEmpty)
        {
            var read = await Open.ReadAsync(_read, cancellationToken);
            _waiting = _read.AsMemory(0, read);
            guard.Pass(_waiting.Span);
        }

        var taken = Math.Min(count, _waiting.Length);
        _waiting[..taken].CopyTo(buffer.AsMemory(offset));
        _waiting = _waiting[taken..];
        return taken;
    }

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        if (buffer.IsSingleSegment)
        {
            await Open.WriteAsync(buffer.First, cancellationToken);
            return;
        }

        // In one piece: a header of its own would be a packet, a TLS record or a WebSocket message of its own.
        var length = checked((int)buffer.Length);
        var whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            buffer.CopyTo(whole);
            await Open.WriteAsync(whole.AsMemory(0, length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole, clearArray: true);
        }
    }

    public void Dispose() => _stream?.Dispose();

    Stream Open => _stream ?? throw new IOException("the connection is closed");
}
