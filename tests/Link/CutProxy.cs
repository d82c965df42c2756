using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeFace.Tests.Link;

/// <summary>A network between a link and its broker that can be cut, fall silent, or be slow.</summary>
sealed class CutProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentDictionary<Socket, byte> _open = [];
    readonly Task _accepting;
    readonly int _target;
    long _bytesUp, _bytesDown;
    int _connections;

    /// <param name="target">A port on loopback.</param>
    public CutProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>No new connection is made: each is reset.</summary>
    public bool Refuses { get; set; }

    /// <summary>Half-open: nothing goes either way, and nobody is told. Bytes that came meanwhile are lost.</summary>
    public bool Silent { get; set; }

    /// <summary>Added to each piece, each way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Cuts all connections once so many more bytes went up: in the middle of a packet, say. Negative: never.</summary>
    public long CutAfterBytesUp { get; set; } = -1;

    /// <summary>Hears each piece that goes through, either way.</summary>
    public Action<ReadOnlyMemory<byte>>? Tap { get; set; }

    public int Connections => Volatile.Read(ref _connections);

    public long BytesUp => Interlocked.Read(ref _bytesUp);

    public long BytesDown => Interlocked.Read(ref _bytesDown);

    /// <summary>Resets what is connected; new connections are made again.</summary>
    public void Cut()
    {
        foreach (var socket in _open.Keys) Reset(socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    async Task AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            var near = await _listener.AcceptSocketAsync(stop);
            if (Refuses) Reset(near);
            else _ = ForwardAsync(near, stop);
        }
    }

    async Task ForwardAsync(Socket near, CancellationToken stop)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        Interlocked.Increment(ref _connections);
        _open[near] = _open[far] = 0;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target, stop);
            await Task.WhenAny(PumpAsync(near, far, up: true, stop), PumpAsync(far, near, up: false, stop));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The broker is away: so is the connection.
        }
        finally
        {
            Reset(near);
            Reset(far);
        }
    }

    async Task PumpAsync(Socket from, Socket to, bool up, CancellationToken stop)
    {
        var piece = new byte[16_384];
        while (await from.ReceiveAsync(piece, stop) is var read and > 0)
        {
            if (Delay > TimeSpan.Zero) await Task.Delay(Delay, stop);
            if (Silent) continue;

            var sent = piece.AsMemory(0, read);
            Tap?.Invoke(sent);
            if (up && CutAfterBytesUp >= 0 && CutAfterBytesUp < BytesUp + read)
            {
                await to.SendAsync(sent[..(int)Math.Max(0, CutAfterBytesUp - BytesUp)], stop);
                CutAfterBytesUp = -1;
                return;
            }

            Interlocked.Add(ref up ? ref _bytesUp : ref _bytesDown, read);
            await to.SendAsync(sent, stop);
        }
    }

    void Reset(Socket socket)
    {
        _open.TryRemove(socket, out _);
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }
}
