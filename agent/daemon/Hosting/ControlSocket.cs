using System.Net.Sockets;
using EdgeFace.Inference;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>
/// Where the daemon is talked to on its own machine. It starts once the socket stands, and takes it away at the end. It
/// shares no lock and no thread with a door; what an answer asks of one is the answer's.
/// </summary>
/// <param name="path">See <see cref="ControlPath"/>.</param>
/// <param name="options">Bounds and groups.</param>
/// <param name="roles">Who may what.</param>
/// <param name="desk">Answers.</param>
/// <param name="time">Ends what stands still.</param>
/// <param name="log">Told of strangers and of a socket that not all may use.</param>
sealed partial class ControlSocket(
    string path, ControlOptions options, ControlRoles roles, ControlDesk desk, TimeProvider time, ILogger<ControlSocket> log)
    : BackgroundService
{
    static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan DrainMost = TimeSpan.FromSeconds(1);

    readonly ControlOptions _options = OptionsCheck.Ensure(options);
    readonly SemaphoreSlim _places = new(options.ConnectionsMax, options.ConnectionsMax);
    Socket? _listener;
    int _viewers;

    /// <exception cref="ControlException">The socket cannot be made, or another daemon has it.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = ControlListener.Open(path, roles, out var groupsMayConnect);
        if (!groupsMayConnect) LogGroupsOutside(path, _options.OperatorGroup, _options.ViewerGroup);
        LogListening(path);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_listener is not { } listener) return;

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Admit(await listener.AcceptAsync(stoppingToken), stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // No descriptor left, or a peer that was gone before its turn: the next one may fare better.
                LogNotAccepted(e.SocketErrorCode);
                await Task.Delay(AcceptPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (Interlocked.Exchange(ref _listener, null) is not { } listener) return;

        File.Delete(path);
        listener.Dispose();
        using var drained = new CancellationTokenSource(DrainMost, time);
        for (var i = 0; i < _options.ConnectionsMax && !drained.IsCancellationRequested; i++)
            await _places.WaitAsync(drained.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    void Admit(Socket connection, CancellationToken stop)
    {
        if (_places.Wait(0, CancellationToken.None))
        {
            _ = ServeAsync(connection, stop);
            return;
        }

        Turn(connection, $"{_options.ConnectionsMax} connections are open, and more are not taken. Close one.");
        connection.Dispose();
    }

    async Task ServeAsync(Socket connection, CancellationToken stop)
    {
        using var closing = connection;
        try
        {
            var peer = ControlPeer.Of(connection, roles);
            if (peer.Role is ControlRole.None)
            {
                LogStranger(peer.User, peer.Process);
                Turn(connection, NotAllowed(peer.User));
                return;
            }

            await ServeAsync(connection, peer, stop);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The other side went away or stood still, or the daemon stops: nothing is left to say, and nobody to say it to.
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Viewers never take the last places: who only looks must not keep out whoever has a door to open.</summary>
    async Task ServeAsync(Socket connection, ControlPeer peer, CancellationToken stop)
    {
        var isViewer = peer.Role is ControlRole.Viewer;
        try
        {
            if (isViewer && Interlocked.Increment(ref _viewers) > ViewersMax)
            {
                Turn(connection, $"{ViewersMax} viewers are connected, and more are not taken. Close one.");
                return;
            }

            using var served = new ControlConnection(connection, peer, desk, _options, time);
            await served.RunAsync(stop);
        }
        finally
        {
            if (isViewer) Interlocked.Decrement(ref _viewers);
        }
    }

    int ViewersMax => Math.Max(1, _options.ConnectionsMax * 3 / 4);

    string NotAllowed(uint user) =>
        $"User {user} may not talk to this daemon. Root puts him into group {_options.ViewerGroup} (may look) or "
        + $"{_options.OperatorGroup} (may move doors): usermod -aG {_options.ViewerGroup} USER; it counts from the next login on.";

    /// <summary>One line fits into the buffer of a connection that was just made: this does not wait.</summary>
    static void Turn(Socket connection, string why)
    {
        try
        {
            connection.Send(ControlReply.Refuse(why, ControlExit.Damaged).ToLine());
        }
        catch (SocketException)
        {
            // Gone already.
        }
    }

    public override void Dispose()
    {
        _listener?.Dispose();
        _places.Dispose();
        base.Dispose();
    }

    [LoggerMessage(EventId = 11010, Level = LogLevel.Information, Message = "Control socket: {Path}")]
    partial void LogListening(string path);

    [LoggerMessage(EventId = 11011, Level = LogLevel.Warning,
        Message = "Groups {Operators} and {Viewers} may not both use {Path}: no access lists there, and no right to give it away")]
    partial void LogGroupsOutside(string path, string operators, string viewers);

    [LoggerMessage(EventId = 11012, Level = LogLevel.Warning, Message = "Refused at the control socket: user {User}, process {Process}")]
    partial void LogStranger(uint user, int process);

    [LoggerMessage(EventId = 11013, Level = LogLevel.Warning, Message = "A control connection was not accepted: {Error}")]
    partial void LogNotAccepted(SocketError error);
}
