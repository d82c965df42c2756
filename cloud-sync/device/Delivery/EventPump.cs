using System.Threading.Channels;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// Sends what waits in the outbox, and takes out of it what the consumer has signed for, and nothing else: an acknowledgement
/// of the link only makes room for the next message. Whatever the backlog, only the numbers of what is under way are in memory.
/// <see cref="Wake"/>, <see cref="Changed"/> and <see cref="Receive"/> come from any thread and never block; all else
/// happens in <see cref="Step"/>.
/// </summary>
sealed class EventPump
{
    const int TextsMax = 256;
    static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(1);

    readonly ILink _link;
    readonly OutboxAccess _outbox;
    readonly DeliveryOptions _options;
    readonly TimeProvider _time;
    readonly ReceiptReader _reader;
    readonly ResendDesk _resends;
    readonly RetryPauses _pauses;
    readonly SentLane[] _lanes = [.. Enum.GetValues<OutboxPriority>().Select(priority => new SentLane(priority))];
    readonly List<Dispatch> _onTheWay = [];
    readonly Channel<ReadOnlyMemory<byte>> _texts;
    readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly Action _nudge;
    int _news = 1;
    int _connected = 1;
    volatile bool _online;
    int _bytesMax;
    long _readFrom;
    long _hurried;
    long _textsLost;

    /// <param name="device">Who sends.</param>
    /// <param name="link">Its connection; <see cref="Changed"/> must hear its states.</param>
    /// <param name="outbox">The journal.</param>
    /// <param name="open">See <see cref="ReceiptReader.With"/>.</param>
    /// <param name="options">How.</param>
    /// <param name="time">Measures pauses; the wall clock is never asked.</param>
    public EventPump(string device, ILink link, OutboxAccess outbox, OpenSigned open, DeliveryOptions options, TimeProvider time)
    {
        (_link, _outbox, _options, _time) = (link, outbox, options, time);
        _reader = new ReceiptReader(device, open);
        _resends = new ResendDesk(outbox, options, time);
        _pauses = new RetryPauses(options);
        _texts = Channel.CreateBounded<ReadOnlyMemory<byte>>(
            new BoundedChannelOptions(TextsMax) { FullMode = BoundedChannelFullMode.DropWrite },
            _ => Interlocked.Increment(ref _textsLost));
        _nudge = () => _bell.Writer.TryWrite(true);
        _bytesMax = Math.Min(options.BatchBytesMax, link.PayloadBytesMax);
        _readFrom = _hurried = time.GetTimestamp();
        _online = link.State.Status is LinkStatus.Online;
    }

    public DeliveryCounts Counts { get; } = new();

    /// <summary>Ranges the consumer asked for again that found no room, and those that were gone.</summary>
    public (long Refused, long Gone) Resends => (_resends.Refused, _resends.Gone);

    /// <summary>Events under way: sent in this run, and still in the outbox.</summary>
    public int UnderWay => _lanes.Sum(lane => lane.Count);

    /// <summary>What became of the last message, in words; null when it was acknowledged.</summary>
    public string? Fault { get; private set; }

    /// <summary>There are new events in the outbox.</summary>
    public void Wake()
    {
        Volatile.Write(ref _news, 1);
        _nudge();
    }

    /// <summary>The link's state has changed.</summary>
    public void Changed(LinkState state)
    {
        _online = state.Status is LinkStatus.Online;
        if (_online) Volatile.Write(ref _connected, 1);
        _nudge();
    }

    /// <summary>A text came on the channel of receipts.</summary>
    public void Receive(ReadOnlyMemory<byte> text)
    {
        _texts.Writer.TryWrite(text);
        _nudge();
    }

    /// <summary>Until it is told to stop. Runs on threads of the pool, and reads the journal there.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        await using var alarm = _time.CreateTimer(_ => _nudge(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (true)
        {
            var wait = Step(stop);
            alarm.Change(wait, Timeout.InfiniteTimeSpan);
            await _bell.Reader.ReadAsync(stop);
        }
    }

    /// <summary>Does all that can be done now, and does not wait.</summary>
    /// <returns>When to come again, if nothing happens before.</returns>
    public TimeSpan Step(CancellationToken stop = default)
    {
        var now = _time.GetTimestamp();
        if (Interlocked.Exchange(ref _connected, 0) == 1)
        {
            foreach (var lane in _lanes) lane.Hurry(now);
            _bytesMax = Math.Min(_options.BatchBytesMax, _link.PayloadBytesMax);
        }

        Settle(now);
        while (_texts.Reader.TryRead(out var text)) Take(text, now);
        Counts.TextsLost = Interlocked.Read(ref _textsLost);
        foreach (var lane in _lanes) Confirm(lane, now);
        do HearNews();
        while (_online && now >= _readFrom && _onTheWay.Count < _options.BatchesOnTheWayMax && SendNext(now, stop));
        return Until(now);
    }

    /// <summary>Before each batch: an alarm that has come meanwhile goes before the rest.</summary>
    void HearNews()
    {
        if (Interlocked.Exchange(ref _news, 0) == 0) return;
        foreach (var lane in _lanes) lane.IsDry = false;
    }

    TimeSpan Until(long now)
    {
        var next = _lanes.Min(lane => Math.Min(
            lane.NextDue, Math.Min(lane.ConfirmFrom > now ? lane.ConfirmFrom : long.MaxValue, !lane.IsDry && lane.NewFrom > now ? lane.NewFrom : long.MaxValue)));
        if (_readFrom > now) next = Math.Min(next, _readFrom);
        var wait = next == long.MaxValue ? TimeSpan.FromMinutes(1) : _time.GetElapsedTime(now, Math.Max(next, now));
        if (_resends.IsAsked && _resends.NextIn is var resend && resend < wait && _online) wait = resend;
        return wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait < TimeSpan.FromMinutes(1) ? wait : TimeSpan.FromMinutes(1);
    }

    /// <summary>Messages that have ended: their events wait for receipts from now on, or go again.</summary>
    void Settle(long now)
    {
        for (var i = _onTheWay.Count - 1; i >= 0; i--)
        {
            if (_onTheWay[i] is not { Task.IsCompleted: true } ended) continue;

            _onTheWay.RemoveAt(i);
            var fault = ended.Task.Exception?.GetBaseException();
            if (fault is not null and not LinkException and not OperationCanceledException) ended.Task.GetAwaiter().GetResult();

            if (ended.Task.IsCompletedSuccessfully) Counts.Acknowledged++;
            else Counts.Failed++;
            Fault = fault?.Message;
            var isLost = ended.Task.IsCanceled || fault is OperationCanceledException or LinkException { IsTransient: true };
            if (fault is LinkException { Fault: LinkFault.TooLarge }) _bytesMax = Math.Max(EventBatch.BytesLeast, _bytesMax / 2);
            foreach (var one in ended.Events.Where(one => one.State is SentState.OnTheWay))
                ended.Lane?.Wait(one, now + Ticks(isLost ? ShortPause : _pauses.After(one.Attempts)));
        }
    }

    void Take(ReadOnlyMemory<byte> text, long now)
    {
        var (receipt, request, refusal) = _reader.Read(text);
        if (refusal is not null) Counts.Refuse(refusal);
        if (request is not null) _resends.Ask(request);
        if (receipt is null) return;

        Counts.Receipts++;
        if (receipt.Ranges.Sum(range => _lanes.Sum(lane => Receipted(lane, range, now))) == 0) Counts.ReceiptsIdle++;
        if (now - _hurried < Ticks(_pauses.After(1))) return;

        // The consumer is there: what has waited long for it need not wait longer.
        _hurried = now;
        foreach (var lane in _lanes) lane.Hurry(now, attemptsMin: 2);
    }

    int Receipted(SentLane lane, SeqRange range, long now)
    {
        var marked = lane.Receipted(range);
        if (lane.ReceiptedSentAt > 0) _pauses.Seen(_time.GetElapsedTime(lane.ReceiptedSentAt, now));
        return marked;
    }

    void Confirm(SentLane lane, long now)
    {
        if (lane.Confirming is { IsCompleted: true } done)
        {
            var left = done.GetAwaiter().GetResult();
            Counts.Confirmed += lane.Confirmed(left);
            if (!left) (Counts.ConfirmsRefused, lane.ConfirmFrom) = (Counts.ConfirmsRefused + 1, now + Ticks(ShortPause));
            lane.Confirming = null;
        }

        if (lane.Confirming is not null || now < lane.ConfirmFrom) return;
        if (lane.TakeReceipted() is not { Count: > 0 } runs) return;

        lane.Confirming = _outbox.ConfirmAsync(runs);
        lane.Confirming.GetAwaiter().UnsafeOnCompleted(_nudge);
    }

    /// <summary>The most urgent that can go; false when nothing can.</summary>
    bool SendNext(long now, CancellationToken stop)
    {
        foreach (var lane in _lanes)
        {
            if (SendDue(lane, now, stop) || SendNew(lane, now, stop)) return true;
            if (now < _readFrom) return false; // what could not be read may be an alarm
        }

        if (!_resends.IsAsked || _onTheWay.Any(one => one.Lane is null) || _resends.Next(_bytesMax) is not { } again) return false;

        Send(again, null, [], stop);
        return true;
    }

    bool SendNew(SentLane lane, long now, CancellationToken stop)
    {
        var most = _options.EventsUnreceiptedMax;
        if (lane.Priority is OutboxPriority.Alarm) most += most / 8;
        var count = Math.Min(lane.Fill, most - UnderWay);
        if (lane.IsDry || count <= 0 || IsGathering(lane, now) || Read(lane, lane.Cursor, count, now) is not { } rows) return false;

        lane.IsDry = rows.Count < count;
        if (rows.Count == 0)
        {
            // Nothing is under way: what the outbox still held would be what another journal in its place holds.
            if (UnderWay == 0) lane.Cursor = 0;
            return false;
        }

        var batch = EventBatch.Write(rows, _bytesMax, out var written);
        lane.Learn(rows.Count, written);
        if (written < rows.Count) lane.IsDry = false;
        lane.Cursor = rows[written - 1].Key.Seq;
        // What is left waits for nothing; where all is sent the next ones may come together.
        lane.NewFrom = lane.IsDry ? now + Ticks(_pauses.Gather) : 0;
        Counts.Sent += written;
        Send(batch, lane, [.. rows.Take(written).Select(row => lane.Add(row.Key))], stop);
        return true;
    }

    /// <summary>While the consumer is slow, what comes one by one goes together. An alarm never waits.</summary>
    static bool IsGathering(SentLane lane, long now) => lane.Priority is not OutboxPriority.Alarm && now < lane.NewFrom && lane.Count > 0;

    /// <summary>What had no receipt in time goes again, as it stands in the journal; what is there no more is forgotten.</summary>
    bool SendDue(SentLane lane, long now, CancellationToken stop)
    {
        if (lane.DueAt(now) is not { Count: > 0 } due) return false;
        if (Read(lane, due[0].Key.Seq - 1, lane.Fill, now) is not { } rows) return false;

        var there = rows.ToDictionary(row => row.Key);
        var seen = rows.Count < lane.Fill ? long.MaxValue : rows[^1].Key.Seq;
        var gone = due.Where(one => one.Key.Seq <= seen && !there.ContainsKey(one.Key)).ToHashSet();
        lane.Forget(gone);
        Counts.Gone += gone.Count;
        var again = due.Where(one => there.ContainsKey(one.Key)).ToList();
        if (again.Count == 0) return gone.Count > 0;

        var batch = EventBatch.Write([.. again.Select(one => there[one.Key])], _bytesMax, out var written);
        lane.Learn(again.Count, written);
        Counts.SentAgain += written;
        Send(batch, lane, [.. again.Take(written)], stop);
        return true;
    }

    void Send(byte[] batch, SentLane? lane, SentEvent[] events, CancellationToken stop)
    {
        var now = _time.GetTimestamp();
        foreach (var one in events)
            (one.State, one.Attempts, one.IsAgain, one.SentAt) = (SentState.OnTheWay, one.Attempts + 1, one.SentAt > 0, now);
        var task = SendAsync(new UpMessage(UpChannel.Events, batch), stop);
        _onTheWay.Add(new Dispatch(task, lane, events));
        task.GetAwaiter().UnsafeOnCompleted(_nudge);
    }

    /// <summary>What a link throws at once is the message's end too.</summary>
    async Task SendAsync(UpMessage message, CancellationToken stop) => await _link.SendAsync(message, stop);

    IReadOnlyList<OutboxEvent>? Read(SentLane lane, long after, int count, long now)
    {
        var rows = _outbox.Pending(lane.Priority, after, count);
        if (rows is null) (Counts.ReadsFailed, _readFrom) = (Counts.ReadsFailed + 1, now + Ticks(ShortPause));
        return rows;
    }

    long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    /// <summary>A message on its way, and what is in it; no lane for what was asked for again.</summary>
    sealed record Dispatch(Task Task, SentLane? Lane, SentEvent[] Events);
}
