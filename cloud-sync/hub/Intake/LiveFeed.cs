using System.Data.Common;
using System.Threading.Channels;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// Hands on what was kept, as it comes, to whoever looks: pages, streams of events, webhooks. It reads the table and not what this
/// instance kept itself, so that each instance shows the events of all. Who is too slow misses some, and is told how many.
/// </summary>
sealed partial class LiveFeed(IDatabase database, TimeProvider time, ILogger<LiveFeed> logger) : BackgroundService
{
    const int ReadersMax = 500, PendingMax = 200, RowsMax = 500;

    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    readonly Lock _turn = new();
    readonly List<Watch> _readers = [];

    /// <summary>Null: too many look already.</summary>
    public Watch? Open()
    {
        lock (_turn)
        {
            if (_readers.Count >= ReadersMax) return null;

            var watch = new Watch(this);
            _readers.Add(watch);
            return watch;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        EventCursor? cursor = null;
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            lock (_turn)
            {
                if (_readers.Count == 0) cursor = null; // nobody looks, and nothing is read
                if (_readers.Count == 0) continue;
            }

            try
            {
                await using var connection = await database.OpenAsync(stop);
                cursor ??= new EventCursor(database, await connection.NumberAsync("SELECT max(id) FROM event", [], stop), time);
                Watch[] readers;
                lock (_turn) readers = [.. _readers];
                foreach (var reader in readers) reader.Begin();
                foreach (var what in await cursor.NextAsync(connection, RowsMax, stop))
                    foreach (var reader in readers) reader.Tell(what);
            }
            catch (DbException e)
            {
                LogNotRead(e.Message);
            }
        }
    }

    void Close(Watch reader)
    {
        lock (_turn) _readers.Remove(reader);
    }

    [LoggerMessage(EventId = 21020, Level = LogLevel.Warning, Message = "New events could not be read for those who look: {Fault}")]
    partial void LogNotRead(string fault);

    /// <summary>One who looks.</summary>
    public sealed class Watch(LiveFeed feed) : IDisposable
    {
        readonly Channel<SeenEvent> _pending =
            Channel.CreateBounded<SeenEvent>(new BoundedChannelOptions(PendingMax) { FullMode = BoundedChannelFullMode.DropOldest });

        readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ChannelReader<SeenEvent> Events => _pending.Reader;

        /// <summary>From then on nothing is left out: what came before stands in the table.</summary>
        public Task Begun => _begun.Task;

        internal void Begin() => _begun.TrySetResult();

        internal void Tell(SeenEvent what) => _pending.Writer.TryWrite(what);

        public void Dispose() => feed.Close(this);
    }
}
