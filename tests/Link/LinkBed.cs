using System.Collections.Concurrent;
using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Link;

/// <summary>An embedded broker with two devices and a hub, and a folder; and a link that runs until it is disposed.</summary>
sealed class LinkBed : IAsyncDisposable
{
    public const string Password = "as secret as tests are";

    readonly List<RunningLink> _links = [];
    EmbeddedBroker? _broker;

    public ScratchFolder Folder { get; } = new();

    public EmbeddedBroker Broker => _broker ?? throw new InvalidOperationException("The broker was not started.");

    public string AccountsFile => Folder["accounts"];

    public string PasswordFile => Folder["password"];

    public async Task<LinkBed> StartAsync(Func<EmbeddedBrokerOptions, EmbeddedBrokerOptions>? change = null, int port = 0)
    {
        WriteAccounts();
        var options = new EmbeddedBrokerOptions(Port: port, AccountsFile: AccountsFile);
        _broker = new EmbeddedBroker(change?.Invoke(options) ?? options, TimeProvider.System);
        await _broker.StartAsync();
        return this;
    }

    void WriteAccounts()
    {
        if (File.Exists(AccountsFile)) return;

        File.WriteAllText(PasswordFile, Password + "\n");
        var accounts = new BrokerAccounts(AccountsFile);
        foreach (var device in (string[])["door-1", "door-2", "door-3"])
            File.WriteAllText(AccountsFile, accounts.With(device, BrokerRole.Device, Password, iterations: 1000));
        File.WriteAllText(AccountsFile, accounts.With("hub", BrokerRole.Hub, Password, iterations: 1000));
    }

    public async Task StopBrokerAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        _broker = null;
    }

    /// <summary>Without TLS, impatient, as user door-1 with its password.</summary>
    public MqttLinkOptions Options(int? port = null) => new(
        "127.0.0.1", port ?? Broker.Port, Tls: false, PasswordFile: PasswordFile, BackoffSecondsMin: 0.1, BackoffSecondsMax: 1);

    public RunningLink Run(MqttLinkOptions options, string device = "door-1", Func<bool>? clockTrusted = null)
    {
        var running = new RunningLink(new MqttLink(options, device, TimeProvider.System, clockTrusted ?? (() => true)));
        _links.Add(running);
        return running;
    }

    public Task<PlainClient> HubAsync() => PlainClient.ConnectAsync(Broker.Port, "hub", Password);

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links) await link.DisposeAsync();
        await StopBrokerAsync();
        Folder.Dispose();
    }
}

/// <summary>A link on its own loop, with all that it says.</summary>
sealed class RunningLink : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly Task _running;

    public RunningLink(MqttLink link)
    {
        Link = link;
        link.Changed = States.Enqueue;
        link.Received = Received.Enqueue;
        _running = Task.Run(() => link.RunAsync(_stop.Token));
    }

    public MqttLink Link { get; }

    public ConcurrentQueue<LinkState> States { get; } = [];

    public ConcurrentQueue<DownMessage> Received { get; } = [];

    public Task SendAsync(UpMessage message) => Link.SendAsync(message, TestContext.Current.CancellationToken);

    public Task OnlineAsync() => Eventually.TrueAsync(() => Link.State.Status is LinkStatus.Online, instead: Said);

    /// <summary>Until it said so at least once.</summary>
    public async Task<LinkState> ReasonAsync(string reason)
    {
        await Eventually.TrueAsync(() => States.Any(state => state.Reason == reason), reason, Said);
        return States.First(state => state.Reason == reason);
    }

    public string Said() => string.Join("\n", States);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
