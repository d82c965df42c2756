using System.Text;
using System.Threading.Channels;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>
/// The far end at one broker: keeps events for good and receipts them, asks for those that are missing, and hands on all else that
/// devices say. Receipts go first; what is sent to each device besides is made as it is sent, in turns, so that one device's push holds
/// back nobody's receipts. What finds no place or no connection is lost, and asked for again by the devices.
/// </summary>
sealed class FarEnd
{
    const int WaitingMax = 4_096, ReceiptsMax = 16_384, UrgentMax = 65_536, InFlightMax = 64;

    static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    readonly HubConnection _connection;
    readonly Func<Heard, string?> _keep;
    readonly Func<IReadOnlyList<(string Device, string Text)>>? _ask;
    readonly TimeProvider _time;
    readonly Channel<(string Device, DownMessage Message)> _urgent;
    readonly Channel<(string Device, DownMessage Message)> _receipts;
    readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly LinkedList<Telling> _tellings = [];
    long _unsent;

    /// <summary>Whoever keeps one message after the other, and receipts each at once.</summary>
    public FarEnd(HubConnection connection, EventIntake intake, TimeProvider time)
        : this(connection, heard => TakeOne(intake, heard), time, intake.Holes is null ? null : () => DueOf(intake))
    {
    }

    /// <param name="connection">To the broker.</param>
    /// <param name="keep">
    /// Takes a message of events on the connection's thread: the receipt, or null where there is none, or none yet, see
    /// <see cref="Receipt"/>. It may block: the broker then waits.
    /// </param>
    /// <param name="time">Paces the questions.</param>
    /// <param name="ask">What to ask now, with the device that is asked; null: nothing ever.</param>
    public FarEnd(
        HubConnection connection, Func<Heard, string?> keep, TimeProvider time,
        Func<IReadOnlyList<(string Device, string Text)>>? ask = null)
    {
        (_connection, _keep, _time, _ask) = (connection, keep, time, ask);
        (_urgent, _receipts) = (Line(UrgentMax), Line(ReceiptsMax));
        connection.Received = Take;
        connection.Connected = () => _bell.Writer.TryWrite(true);
    }

    /// <summary>Hears all but events, on the connection's thread: it must not block. Set before <see cref="RunAsync"/>.</summary>
    public Action<Heard>? Heard { get; set; }

    /// <summary>Messages that could not be sent.</summary>
    public long Unsent => Interlocked.Read(ref _unsent);

    /// <summary>How many more devices may be told something now.</summary>
    public int Room
    {
        get
        {
            lock (_tellings) return WaitingMax - _tellings.Count;
        }
    }

    /// <summary>What a device is to be told; never blocks.</summary>
    /// <param name="device">Whom.</param>
    /// <param name="messages">Taken one by one as they are sent.</param>
    public void Send(string device, params IEnumerable<DownMessage> messages) => Add(new Telling(device, messages.GetEnumerator(), IsAnswer: false));

    /// <summary>What a device asked for: what is left of the answer to its question before is let go. Never blocks.</summary>
    public void Answer(string device, IEnumerable<DownMessage> messages)
    {
        lock (_tellings)
        {
            for (var each = _tellings.First; each is not null; each = each.Next)
            {
                if (!each.Value.IsAnswer || each.Value.Device != device) continue;

                _tellings.Remove(each);
                break;
            }
        }

        Add(new Telling(device, messages.GetEnumerator(), IsAnswer: true));
    }

    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] all = [_connection.RunAsync(over.Token), SendAllAsync(over.Token), AskAsync(over.Token)];
        var first = await Task.WhenAny(all);
        await over.CancelAsync(); // one that ends takes the others with it: half a far end would look like a whole one
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        stop.ThrowIfCancellationRequested();
    }

    void Add(Telling telling)
    {
        lock (_tellings)
        {
            if (_tellings.Count >= WaitingMax) Interlocked.Increment(ref _unsent);
            else _tellings.AddLast(telling);
        }

        _bell.Writer.TryWrite(true);
    }

    void Take(Heard heard)
    {
        if (heard.Message.Channel is not UpChannel.Events) Heard?.Invoke(heard);
        else if (_keep(heard) is { } receipt) Receipt(heard.Device, receipt);
    }

    static string? TakeOne(EventIntake intake, Heard heard)
    {
        lock (intake) return intake.Take(heard.Device, heard.Message.Payload);
    }

    static IReadOnlyList<(string Device, string Text)> DueOf(EventIntake intake)
    {
        lock (intake) return intake.Holes?.Due() ?? [];
    }

    /// <summary>A signed receipt, or a request for what is missing: sent before all that is not urgent. Never blocks.</summary>
    public void Receipt(string device, string text)
    {
        _receipts.Writer.TryWrite((device, new DownMessage(DownChannel.Receipts, Encoding.ASCII.GetBytes(text))));
        _bell.Writer.TryWrite(true);
    }

    /// <summary>What somebody waits for at a door: it is sent before all else. Never blocks.</summary>
    public void First(string device, DownMessage message)
    {
        _urgent.Writer.TryWrite((device, message));
        _bell.Writer.TryWrite(true);
    }

    Channel<(string Device, DownMessage Message)> Line(int most) => Channel.CreateBounded<(string, DownMessage)>(
        new BoundedChannelOptions(most) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }, _ => Interlocked.Increment(ref _unsent));

    async Task SendAllAsync(CancellationToken stop)
    {
        var flying = new List<Task>(InFlightMax);
        while (true)
        {
            // What a broker tells once more comes before the connection is whole: its receipts wait for that.
            if (!_connection.IsOnline || Next() is not var (device, message))
            {
                await _bell.Reader.ReadAsync(stop);
                continue;
            }

            flying.Add(SendAsync(device, message, stop));
            if (flying.Count == InFlightMax) await Task.WhenAny(flying);
            flying.RemoveAll(task => task.IsCompleted);
        }
    }

    /// <summary>What is urgent, a receipt, or else the next message of the device whose turn it is; null when nothing is to be sent.</summary>
    (string Device, DownMessage Message)? Next()
    {
        if (_urgent.Reader.TryRead(out var urgent)) return urgent;
        if (_receipts.Reader.TryRead(out var receipt)) return receipt;

        lock (_tellings)
        {
            while (_tellings.First is { } first)
            {
                _tellings.RemoveFirst();
                if (!first.Value.Messages.MoveNext()) continue;

                _tellings.AddLast(first);
                return (first.Value.Device, first.Value.Messages.Current);
            }
        }

        return null;
    }

    async Task SendAsync(string device, DownMessage message, CancellationToken stop)
    {
        try
        {
            await _connection.SendAsync(device, message, stop);
        }
        catch (LinkException)
        {
            Interlocked.Increment(ref _unsent);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
    }

    async Task AskAsync(CancellationToken stop)
    {
        if (_ask is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
            return;
        }

        using var timer = new PeriodicTimer(Round, _time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            foreach (var (device, text) in _ask()) Receipt(device, text);
        }
    }

    /// <summary>What one device is being told.</summary>
    sealed record Telling(string Device, IEnumerator<DownMessage> Messages, bool IsAnswer);
}
