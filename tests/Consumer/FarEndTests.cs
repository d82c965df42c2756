using System.Collections.Concurrent;
using EdgeFace.Consumer;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class FarEndTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The loop that makes connections would have ended, and nobody would have known.</summary>
    [Fact]
    public async Task An_event_that_could_not_be_kept_comes_again_over_the_next_connection()
    {
        await using var bed = await new LinkBed().StartAsync();
        var kept = new ConcurrentQueue<EventKey>();
        var isFull = true;
        await using var end = new RunningEnd(bed, events =>
        {
            if (isFull) throw new IOException("There is no room on the disk.");

            foreach (var what in events) kept.Enqueue(what.Key);
            return events.Count;
        });
        await Eventually.TrueAsync(() => end.Connection.IsOnline);
        var link = bed.Run(bed.Options());
        await link.OnlineAsync();

        // The broker acknowledges, the hub does not: it hears it again.
        await link.SendAsync(new UpMessage(UpChannel.Events, EventBatch.Write([Event("door-1", 1)], 60_000, out _)));
        await Eventually.TrueAsync(() => end.Connection.Fault?.Contains("There is no room on the disk.", StringComparison.Ordinal) is true);
        isFull = false;

        await Eventually.TrueAsync(() => !kept.IsEmpty);
        await Eventually.TrueAsync(() => link.Received.Any(message => message.Channel is DownChannel.Receipts));
        Assert.All(kept, key => Assert.Equal(new EventKey(1, 1), key));
    }

    [Fact]
    public async Task One_device_s_push_holds_back_nobody_s_receipts()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var end = new RunningEnd(bed, events => events.Count);
        var (first, second) = (bed.Run(bed.Options()), bed.Run(bed.Options(), "door-2"));
        await Eventually.TrueAsync(() => end.Connection.IsOnline);
        await first.OnlineAsync();
        await second.OnlineAsync();

        var made = 0;
        end.End.Send("door-1", Enumerable.Range(0, 1_000_000).Select(_ =>
        {
            Interlocked.Increment(ref made);
            return new DownMessage(DownChannel.Chunks, new byte[60_000]);
        }));
        await Eventually.TrueAsync(() => !first.Received.IsEmpty);
        await second.SendAsync(new UpMessage(UpChannel.Events, EventBatch.Write([Event("door-2", 1)], 60_000, out _)));

        await Eventually.TrueAsync(() => second.Received.Any(message => message.Channel is DownChannel.Receipts));
        // Made as they are sent: those that have come, and some in flight.
        Assert.InRange(Volatile.Read(ref made), 1, 900_000);
    }

    [Fact]
    public async Task A_device_that_asks_again_gets_what_it_asks_now()
    {
        await using var bed = await new LinkBed().StartAsync();
        await using var end = new RunningEnd(bed, events => events.Count);
        var link = bed.Run(bed.Options());
        await link.OnlineAsync();
        await Eventually.TrueAsync(() => end.Connection.IsOnline);

        for (var ask = 0; ask < 100; ask++) end.End.Answer("door-1", Forever());
        end.End.Answer("door-1", [new DownMessage(DownChannel.Manifests, "m"u8.ToArray())]);

        await Eventually.TrueAsync(() => link.Received.Any(message => message.Channel is DownChannel.Manifests));
        await Task.Delay(200, Stop);
        var soFar = link.Received.Count;
        await Task.Delay(200, Stop);
        Assert.Equal(soFar, link.Received.Count);
    }

    static IEnumerable<DownMessage> Forever()
    {
        while (true) yield return new DownMessage(DownChannel.Chunks, "chunk"u8.ToArray());
    }

    static OutboxEvent Event(string device, long seq) => SomeEvents.One(1, seq) with { Device = device };

    sealed class RunningEnd : IAsyncDisposable
    {
        readonly CancellationTokenSource _stop = new();
        readonly SigningKey _key = SigningKey.Create();
        readonly Task _run;

        public RunningEnd(LinkBed bed, Func<IReadOnlyList<OutboxEvent>, int> keep)
        {
            Connection = new HubConnection(bed.Options(), "hub", TimeProvider.System);
            End = new FarEnd(Connection, new EventIntake(keep, EventIntake.With(_key), TimeProvider.System), TimeProvider.System);
            _run = End.RunAsync(_stop.Token);
        }

        public HubConnection Connection { get; }

        public FarEnd End { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
            _key.Dispose();
            _stop.Dispose();
        }
    }
}
