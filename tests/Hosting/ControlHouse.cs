using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using EdgeFace.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>A control socket in a folder of its own, with answers that remember what they were asked.</summary>
sealed class ControlHouse : IAsyncDisposable
{
    public const uint Operators = 4711;
    public const uint Viewers = 4712;

    readonly ScratchFolder _folder = new();
    readonly LogLines _log = new();
    Func<Task>? _close;

    public ControlHouse() => Desk = new ControlDesk(Audits.Enqueue, Time, new Logger<ControlDesk>(_log));

    public ControlDesk Desk { get; }

    public ConcurrentQueue<ControlAudit> Audits { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public IReadOnlyCollection<string> Log => _log.Lines;

    public string Place => _folder["control.sock"];

    public string Folder => _folder.Path;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ControlSocket New(ControlOptions? options = null, uint ownUser = uint.MaxValue) => new(
        Place, options ?? new ControlOptions(), new ControlRoles(ownUser, Operators, Viewers), Desk, Time,
        new Logger<ControlSocket>(_log));

    public async Task<ControlHouse> OpenAsync(ControlOptions? options = null)
    {
        // Whoever runs the tests is the daemon's own user.
        var roles = ControlRoles.Of(new ControlOptions()) with { Operators = Operators, Viewers = Viewers };
        var socket = new ControlSocket(Place, options ?? new ControlOptions(), roles, Desk, Time, new Logger<ControlSocket>(_log));
        await socket.StartAsync(Stop);
        _close = async () =>
        {
            await socket.StopAsync(CancellationToken.None);
            socket.Dispose();
        };
        return this;
    }

    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _close, null) is { } close) await close();
    }

    public Task<ControlClient> ConnectAsync() => ControlClient.ConnectAsync([Place], Stop);

    public async Task<ControlReply[]> AskAsync(ControlRequest request)
    {
        using var client = await ConnectAsync();
        return [.. await ToListAsync(client.AskAsync(request, Stop), Stop)];
    }

    /// <summary>What comes back for bytes that no client of ours would send, until the other side closes or asks for more.</summary>
    public async Task<JsonElement> SendRawAsync(string bytes)
    {
        using var stream = await RawAsync();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(bytes), Stop);
        using var reader = new StreamReader(stream);
        return JsonDocument.Parse(await reader.ReadLineAsync(Stop) ?? "null").RootElement;
    }

    public async Task<NetworkStream> RawAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Place), Stop);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items, CancellationToken stop)
    {
        var list = new List<T>();
        await foreach (var item in items.WithCancellation(stop)) list.Add(item);
        return list;
    }

    /// <summary>Until it is so; a test that waits for ever is ended by its own limit.</summary>
    public async Task UntilAsync(Func<bool> isSo, TimeSpan? advance = null)
    {
        while (!isSo())
        {
            Stop.ThrowIfCancellationRequested();
            if (advance is { } step) Time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Stop);
        }
    }

    public static async IAsyncEnumerable<ControlReply> ForeverAsync(
        TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return ControlReply.Along("waiting");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _log.Dispose();
        _folder.Dispose();
    }

    /// <summary>Keeps every line, with what stands in its parameters.</summary>
    sealed class LogLines : ILoggerFactory, ILogger
    {
        readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
