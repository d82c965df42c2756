using System.Net.Sockets;

namespace EdgeFace.Hosting;

/// <summary>One connection to the control socket: a request a line, an answer of one line or more, and again.</summary>
/// <param name="connection">Whose it is, was looked at already.</param>
/// <param name="peer">Who asks.</param>
/// <param name="desk">Answers.</param>
/// <param name="options">Bounds.</param>
/// <param name="time">Ends what stands still.</param>
sealed class ControlConnection(
    Socket connection, ControlPeer peer, ControlDesk desk, ControlOptions options, TimeProvider time) : IDisposable
{
    readonly NetworkStream _stream = new(connection, ownsSocket: false);
    readonly TimeSpan _idle = TimeSpan.FromSeconds(options.IdleSeconds);

    /// <summary>Until the other side closes, stands still or says what nobody understands.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var lines = new LineReader(_stream, options.RequestBytesMax);
        while (true)
        {
            ControlRequest request;
            try
            {
                if (await WithinAsync(lines.NextAsync, stop) is not { } line) return;

                request = ControlRequest.Parse(line.Span);
            }
            catch (ControlException e)
            {
                // Where a line ends is not known any more, or who sends is no client: said, and closed.
                await WriteAsync(ControlReply.Refuse(e.Message), stop);
                return;
            }
            finally
            {
                lines.Wipe();
            }

            await AnswerAsync(request, stop);
        }
    }

    public void Dispose() => _stream.Dispose();

    async Task AnswerAsync(ControlRequest request, CancellationToken stop)
    {
        using var call = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var streams = ControlCommands.All.TryGetValue(request.Command, out var command) && command.Streams;
        var watch = streams ? EndWhenGoneAsync(call) : Task.CompletedTask;
        try
        {
            await desk.AnswerAsync(peer, request, WriteAsync, call.Token);
        }
        finally
        {
            await call.CancelAsync();
            await watch;
        }
    }

    /// <summary>Who follows and goes away is not noticed by writing where nothing happens for hours.</summary>
    async Task EndWhenGoneAsync(CancellationTokenSource call)
    {
        try
        {
            var one = new byte[1];
            if (await connection.ReceiveAsync(one, SocketFlags.Peek, call.Token) == 0) await call.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The answer came to its end first.
        }
        catch (SocketException)
        {
            await call.CancelAsync();
        }
    }

    async ValueTask WriteAsync(ControlReply reply, CancellationToken stop)
    {
        var line = reply.ToLine();
        await WithinAsync(
            async within =>
            {
                await _stream.WriteAsync(line, within);
                return line.Length;
            },
            stop);
    }

    async ValueTask<T> WithinAsync<T>(Func<CancellationToken, ValueTask<T>> act, CancellationToken stop)
    {
        using var idle = new CancellationTokenSource(_idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, stop);
        return await act(either.Token);
    }
}
