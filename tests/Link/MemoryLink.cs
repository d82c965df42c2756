using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Link;

/// <summary>A link that keeps what it is given, and fails when it is told to.</summary>
sealed class MemoryLink : ILink
{
    readonly List<UpMessage> _sent = [];

    /// <summary>What it was given until now, by whatever thread.</summary>
    public IReadOnlyList<UpMessage> Sent
    {
        get { lock (_sent) return [.. _sent]; }
    }

    /// <summary>Null: every message is acknowledged.</summary>
    public LinkFault? Fault { get; set; }

    public int Refused { get; private set; }

    public int PayloadBytesMax => Topics.PayloadBytesMax;

    public long Ignored => 0;

    public LinkState State { get; private set; } = new(LinkStatus.Online);

    public Action<LinkState>? Changed { get; set; }

    public Action<DownMessage>? Received { get; set; }

    public Task SendAsync(UpMessage message, CancellationToken stop)
    {
        if (Fault is { } fault)
        {
            Refused++;
            return Task.FromException(new LinkException(fault, $"{fault}, as the test asked."));
        }

        lock (_sent) _sent.Add(message);
        return Task.CompletedTask;
    }

    public Task RunAsync(CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);
}
