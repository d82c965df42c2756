using System.Collections.Concurrent;
using System.Text;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Tests.IotHub;

/// <summary>A link that runs, with all that it said and heard.</summary>
sealed class RunningLink : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly Task _running;

    public RunningLink(IotHubOptions options, TimeProvider? time = null, Func<bool>? isClockTrusted = null, ProvisioningClient? provisioning = null)
    {
        Link = new IotHubLink(options, time ?? TimeProvider.System, isClockTrusted ?? (() => true), provisioning)
        {
            Changed = States.Enqueue,
            Received = message => Received.Enqueue((message.Channel, Encoding.UTF8.GetString(message.Payload.Span))),
        };
        _running = Link.RunAsync(_stop.Token);
    }

    public IotHubLink Link { get; }

    public ConcurrentQueue<LinkState> States { get; } = new();

    public ConcurrentQueue<(DownChannel Channel, string Text)> Received { get; } = new();

    public Task OnlineAsync() => Eventually.TrueAsync(() => Link.State.Status is LinkStatus.Online, instead: Said);

    /// <summary>Waits for a state with that reason.</summary>
    public async Task<LinkState> ReasonAsync(string reason)
    {
        await Eventually.TrueAsync(() => States.Any(state => state.Reason == reason), reason, Said);
        return States.First(state => state.Reason == reason);
    }

    public Task SendAsync(UpChannel channel, string text) =>
        Link.SendAsync(new UpMessage(channel, Encoding.UTF8.GetBytes(text)), default);

    public string Said() => string.Join('\n', States);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}
