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
    readonly List<Channel<SeenEvent>> _readers = [];

    /// <summary>Null: too many look already.</summary>
    public Watch? Open()
    {
        var pending = Channel.CreateBounded<SeenEvent>(new BoundedChannelOptions(PendingMax) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_turn)
        {
            if (_readers.Count >= ReadersMax) return null;

            _readers.Add(pending);
        }

        return new Watch(this, pending);
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
                var news = await cursor.NextAsync(connection, RowsMax, stop);
                if (news.Count == 0) continue;

                Channel<SeenEvent>[] readers;
                lock (_turn) readers = [.. _readers];
                foreach (var reader in readers)
                    foreach (var what in news) reader.Writer.TryWrite(what);
            }
            catch (DbException e)
            {
                LogNotRead(e.Message);
            }
        }
    }

    void Close(Channel<SeenEvent> reader)
    {
        lock (_turn) _readers.Remove(reader);
    }

    [LoggerMessage(EventId = 21020, Level = LogLevel.Warning, Message = "New events could not be read for those who look: {Fault}")]
    partial void LogNotRead(string fault);

    /// <summary>One who looks.</summary>
    public sealed class Watch(LiveFeed feed, Channel<SeenEvent> pending) : IDisposable
    {
        public ChannelReader<SeenEvent> Events => pending.Reader;

        public void Dispose() => feed.Close(pending);
    }
}
