using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeFace.Tests.Link;

/// <summary>
/// A broker of bytes: it reads whole packets and answers as MQTT 5 has it, unless it was given something else to answer.
/// </summary>
sealed class HostileBroker : IAsyncDisposable
{
    public static readonly byte[] ConnAck = [0x20, 0x03, 0x00, 0x00, 0x00];
    public static readonly byte[] PingResp = [0xD0, 0x00];

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Func<byte, byte[], byte[]?> _answer;
    readonly Task _accepting;
    int _connections;

    /// <param name="answer">To a packet's first byte and its body; null: nothing. An empty one resets the connection.</param>
    public HostileBroker(Func<byte, byte[], byte[]?> answer)
    {
        _answer = answer;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_stop.Token);
    }

    public int Port { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The first bytes of all packets that came.</summary>
    public ConcurrentQueue<byte> Got { get; } = [];

    /// <summary>What a broker in its right mind answers.</summary>
    public static byte[]? Right(byte first, byte[] body) => (first & 0xF0) switch
    {
        0x10 => ConnAck,
        0x80 => [0x90, 0x04, body[0], body[1], 0x00, 0x01],
        0x30 => PubAck(body),
        0xC0 => PingResp,
        _ => null,
    };

    /// <summary>Of a PUBLISH at QoS 1, whose number stands behind its topic.</summary>
    public static byte[] PubAck(byte[] body, byte reason = 0)
    {
        var at = 2 + (body[0] << 8) + body[1];
        return [0x40, 0x04, body[at], body[at + 1], reason, 0x00];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    async Task AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            var socket = await _listener.AcceptSocketAsync(stop);
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(socket, stop);
        }
    }

    async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var one = new byte[1];
            while (await stream.ReadAsync(one, stop) == 1)
            {
                var first = one[0];
                Got.Enqueue(first);
                var (length, shift) = (0, 0);
                do
                {
                    await stream.ReadExactlyAsync(one, stop);
                    length |= (one[0] & 0x7F) << shift;
                    shift += 7;
                }
                while ((one[0] & 0x80) != 0);

                var body = new byte[length];
                await stream.ReadExactlyAsync(body, stop);
                if (_answer(first, body) is not { } answer) continue;

                if (answer.Length == 0)
                {
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                }

                await stream.WriteAsync(answer, stop);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The link had enough of it.
        }
    }
}
