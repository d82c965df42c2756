using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>A link in memory: what is sent lies there until it is acknowledged or the link breaks.</summary>
sealed class StepLink : ILink
{
    readonly List<(UpMessage Message, TaskCompletionSource Done)> _open = [];

    public int PayloadBytesMax { get; set; } = Topics.PayloadBytesMax;

    public LinkState State { get; private set; } = new(LinkStatus.Idle);

    public long Ignored => 0;

    public Action<LinkState>? Changed { get; set; }

    public Action<DownMessage>? Received { get; set; }

    /// <summary>Hears each message as it leaves.</summary>
    public Action<UpMessage>? Sent { get; set; }

    public int Open => _open.Count;

    public bool IsOnline => State.Status is LinkStatus.Online;

    public Task SendAsync(UpMessage message, CancellationToken stop)
    {
        if (!IsOnline) throw new LinkException(LinkFault.Offline, "There is no connection.");

        Sent?.Invoke(message);
        var done = new TaskCompletionSource();
        _open.Add((message, done));
        return done.Task;
    }

    public void Up() => Set(LinkStatus.Online);

    /// <summary>Whatever was not acknowledged ends without an answer.</summary>
    public void Down()
    {
        Set(LinkStatus.Offline);
        while (_open.Count > 0) Fail(0, LinkFault.Unanswered);
    }

    public UpMessage Acknowledge(int index)
    {
        var (message, done) = _open[index];
        _open.RemoveAt(index);
        done.SetResult();
        return message;
    }

    public void Fail(int index, LinkFault fault)
    {
        var (_, done) = _open[index];
        _open.RemoveAt(index);
        done.SetException(new LinkException(fault, "It was not acknowledged."));
    }

    public Task RunAsync(CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);

    void Set(LinkStatus status)
    {
        State = new LinkState(status);
        Changed?.Invoke(State);
    }
}
