using System.Threading.Channels;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// The thread of an intake: what the link hears waits here, bounded, and the link never does. What does not fit is counted and asked
/// for again.
/// </summary>
sealed class GalleryLoop
{
    /// <summary>With 65,000 bytes each, some 8 MB.</summary>
    const int WaitingMax = 128;

    static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    readonly ILink _link;
    readonly GalleryIntake _intake;
    readonly TimeProvider _time;
    readonly Channel<DownMessage> _waiting;
    long _lost;

    public GalleryLoop(ILink link, GalleryIntake intake, TimeProvider time)
    {
        (_link, _intake, _time) = (link, intake, time);
        _waiting = Channel.CreateBounded<DownMessage>(
            new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _lost));
    }

    /// <summary>Messages that came faster than they could be kept.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Of the channels manifests, chunks and heads; never blocks, from any thread.</summary>
    public void Hear(DownMessage message) => _waiting.Writer.TryWrite(message with { Payload = message.Payload.ToArray() });

    /// <summary>The link is there: it is said what is in force. From any thread.</summary>
    public void Connected() => Hear(default(DownMessage) with { Channel = DownChannel.Receipts });

    public async Task RunAsync(CancellationToken stop)
    {
        _intake.Start();
        using var timer = new PeriodicTimer(Round, _time);
        var tick = timer.WaitForNextTickAsync(stop).AsTask();
        var ready = _waiting.Reader.WaitToReadAsync(stop).AsTask();
        var (heard, asked) = (false, 0L);
        while (true)
        {
            await Task.WhenAny(tick, ready);
            stop.ThrowIfCancellationRequested();
            while (_waiting.Reader.TryRead(out var message))
            {
                heard = true;
                if (message.Channel is DownChannel.Receipts) _intake.Asking.Now();
                else _intake.Hear(message);
            }

            if (ready.IsCompleted) ready = _waiting.Reader.WaitToReadAsync(stop).AsTask();
            if (tick.IsCompleted)
            {
                // What was lost here is known to be missing: no need to wait for it, once all that was sent is through.
                if (!heard && Lost != asked) _intake.Asking.Now();
                if (!heard) asked = Lost;
                heard = false;
                tick = timer.WaitForNextTickAsync(stop).AsTask();
            }

            _intake.Tick();
            await ReportAsync(stop);
        }
    }

    async Task ReportAsync(CancellationToken stop)
    {
        if (_link.State.Status is not LinkStatus.Online || _intake.TakeReport() is not { } report) return;

        try
        {
            await _link.SendAsync(new UpMessage(UpChannel.Gallery, report.ToJson()), stop);
        }
        catch (LinkException e)
        {
            // Without a link, Connected says it again; on one that stands, the next round does.
            if (e.IsTransient) _intake.Asking.Now();
        }
    }
}
