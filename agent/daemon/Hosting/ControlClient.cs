using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace EdgeFace.Hosting;

/// <summary>Asks the running daemon.</summary>
sealed class ControlClient : IDisposable
{
    /// <summary>A snapshot's line is the longest: a picture of the largest camera as JPEG, in base64.</summary>
    const int ReplyBytesMax = 32 * 1024 * 1024;

    readonly NetworkStream _stream;
    readonly LineReader _lines;

    ControlClient(Socket connection)
    {
        _stream = new NetworkStream(connection, ownsSocket: true);
        _lines = new LineReader(_stream, ReplyBytesMax);
    }

    /// <summary>Connects to the first place where somebody listens.</summary>
    /// <param name="places">See <see cref="ControlPath.Places"/>.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ControlException">NoDaemon: nobody listens. NotAllowed: somebody does, but not to this user.</exception>
    public static async Task<ControlClient> ConnectAsync(IReadOnlyList<string> places, CancellationToken stop)
    {
        ControlException? closed = null;
        foreach (var place in places)
        {
            var there = ControlPath.EndPointOf(place);
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(there, stop);
                return new ControlClient(connection);
            }
            catch (SocketException e)
            {
                connection.Dispose();
                if (e.SocketErrorCode is SocketError.AccessDenied) closed ??= NotAllowed(place);
            }
        }

        throw closed ?? new ControlException(ControlFault.NoDaemon,
            $"The daemon is not running: nobody listens at {string.Join(" or ", places)}. Start it: systemctl start edgeface, "
            + $"or edgeface run --profile NAME|FILE; where it listens elsewhere, say so with {ControlPath.Variable}.");
    }

    /// <summary>Sends one request and reads its answer, the done line with it.</summary>
    /// <exception cref="ControlException">The daemon went away, or what answers is no daemon of ours.</exception>
    public async IAsyncEnumerable<ControlReply> AskAsync(
        ControlRequest request, [EnumeratorCancellation] CancellationToken stop)
    {
        await SendAsync(request, stop);
        while (true)
        {
            var reply = await NextAsync(stop);
            yield return reply;
            if (reply.Done) yield break;
        }
    }

    async Task SendAsync(ControlRequest request, CancellationToken stop)
    {
        try
        {
            await _stream.WriteAsync(request.ToLine(), stop);
        }
        catch (IOException)
        {
            // Turned away before it asked: the reason is there to be read.
        }
    }

    async Task<ControlReply> NextAsync(CancellationToken stop)
    {
        try
        {
            if (await _lines.NextAsync(stop) is { } line) return ControlReply.Parse(line.Span);
        }
        catch (IOException e)
        {
            throw WentAway(e);
        }

        throw WentAway();
    }

    static ControlException WentAway(Exception? inner = null) => new(ControlFault.Broken,
        "The daemon went away before it had answered. See: systemctl status edgeface", inner);

    static ControlException NotAllowed(string place)
    {
        var groups = new ControlOptions();
        return new ControlException(ControlFault.NotAllowed,
            $"This user may not talk to the daemon at {place}. Root puts him into group {groups.ViewerGroup} (may look) or "
            + $"{groups.OperatorGroup} (may move doors): usermod -aG {groups.ViewerGroup} USER; it counts from the next login on.");
    }

    public void Dispose() => _stream.Dispose();
}
