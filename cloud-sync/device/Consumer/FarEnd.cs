using System.Text;
using System.Threading.Channels;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>
/// The far end at one broker: keeps events for good and receipts them, asks for those that are missing, and hands on all else that
/// devices say. What is to be sent waits in one line, bounded: what finds no place or no connection is lost, and asked for
/// again by the devices.
/// </summary>
sealed class FarEnd
{
    const int WaitingMax = 4_096;

    static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    readonly HubConnection _connection;
    readonly EventIntake _intake;
    readonly TimeProvider _time;
    readonly Channel<(string Device, DownMessage Message)> _waiting;
    long _unsent;

    public FarEnd(HubConnection connection, EventIntake intake, TimeProvider time)
    {
        (_connection, _intake, _time) = (connection, intake, time);
        _waiting = Channel.CreateBounded<(string, DownMessage)>(
            new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _unsent));
        connection.Received = Take;
    }

    /// <summary>Hears all but events, on the connection's thread: it must not block. Set before <see cref="RunAsync"/>.</summary>
    public Action<Heard>? Heard { get; set; }

    /// <summary>Messages that could not be sent.</summary>
    public long Unsent => Interlocked.Read(ref _unsent);

    /// <summary>Never blocks.</summary>
    public void Send(string device, DownMessage message) => _waiting.Writer.TryWrite((device, message));

    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_connection.RunAsync(stop), SendAllAsync(stop), AskAsync(stop));

    void Take(Heard heard)
    {
        if (heard.Message.Channel is not UpChannel.Events)
            Heard?.Invoke(heard);
        else if (Keep(heard) is { } receipt)
            Send(heard.Device, new DownMessage(DownChannel.Receipts, Encoding.ASCII.GetBytes(receipt)));
    }

    string? Keep(Heard heard)
    {
        lock (_intake) return _intake.Take(heard.Device, heard.Message.Payload);
    }

    async Task SendAllAsync(CancellationToken stop)
    {
        await foreach (var (device, message) in _waiting.Reader.ReadAllAsync(stop))
        {
            try
            {
                await _connection.SendAsync(device, message, stop);
            }
            catch (LinkException)
            {
                Interlocked.Increment(ref _unsent);
            }
        }
    }

    async Task AskAsync(CancellationToken stop)
    {
        if (_intake.Holes is not { } holes) return;

        using var timer = new PeriodicTimer(Round, _time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            IReadOnlyList<(string Device, string Text)> due;
            lock (_intake) due = holes.Due();
            foreach (var (device, text) in due) Send(device, new DownMessage(DownChannel.Receipts, Encoding.ASCII.GetBytes(text)));
        }
    }
}
