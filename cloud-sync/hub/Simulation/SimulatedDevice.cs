using System.Security.Cryptography;
using System.Text;
using EdgeFace.Delivery;
using EdgeFace.Documents;
using EdgeFace.Link;
using EdgeFace.Sites;
using EdgeFace.Twins;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>
/// A door without a door: its own keys, its own connection, and the agent's own code for all that goes over it; only the
/// journal, the gallery and what a command does are of this folder.
/// </summary>
sealed class SimulatedDevice : IAsyncDisposable
{
    readonly FleetDevice _device;
    readonly SigningKey _key;
    readonly ECDiffieHellman _sealingKey = ECDiffieHellman.Create();
    readonly SimulatedGallery _gallery;
    readonly MqttLink _link;
    readonly EventPump _pump;
    readonly GalleryLoop _pushes;
    readonly CommandIntake _commands;
    readonly SettingsTwin _settings;
    readonly string _identity;
    readonly CancellationTokenSource _over = new();
    readonly Channels _channels;
    Task _running = Task.CompletedTask;
    long _answered, _connections;

    /// <param name="device">Who.</param>
    /// <param name="link">To the broker; its user is the device.</param>
    /// <param name="trust">The hub's keys.</param>
    /// <param name="model">It says to have.</param>
    /// <param name="gallery">It takes.</param>
    /// <param name="folder">For chunks that wait for each other.</param>
    /// <param name="receipts">How long receipts took.</param>
    /// <param name="time">All of its clocks.</param>
    public SimulatedDevice(
        FleetDevice device, MqttLinkOptions link, TrustedKeys trust, string model, string gallery, string folder, Spread receipts, TimeProvider time)
    {
        _device = device;
        _key = SigningKey.FromPkcs8(device.Key);
        _sealingKey.ImportPkcs8PrivateKey(device.SealingKey, out _);
        _gallery = new SimulatedGallery(device.Name, trust, _sealingKey, model);
        _link = new MqttLink(link with { User = device.Name }, device.Name, time, () => true);
        Outbox = new SimulatedOutbox(device.Name, device.Boot + 1, device.Seq + 1, receipts, time);
        _pump = new EventPump(device.Name, _link, Outbox.Access, ReceiptReader.With(() => trust), new DeliveryOptions(), time);
        _pushes = new GalleryLoop(_link, new GalleryIntake(new GalleryIntakeOptions(gallery), _gallery.Port, Path.Combine(folder, device.Name), time), time);
        _commands = new CommandIntake(
            _link, new CommandRule(device.Name, () => trust, () => true, time), new CommandMemory(null, time),
            new CommandPorts(_ => Task.FromResult(true), _ => { }, (command, _) => Task.FromResult(Done(command, time)), (_, _) => { }), time);
        _settings = new SettingsTwin(device.Name, _link, () => trust, 0, new SettingsPorts((_, site) => Adopt(site), (_, _, _) => { }), time);
        _identity = new DeviceIdentity(
            device.Name, _sealingKey.ExportSubjectPublicKeyInfo(), model, DeviceIdentity.ProtocolNow, gallery, trust.Version, "simulated").Sign(_key);
        _channels = new Channels(_pump, _pushes, _commands, _settings);
        _link.Received = _channels.Take;
        _link.Changed = Change;
    }

    public SimulatedOutbox Outbox { get; }

    public DeliveryCounts Counts => _pump.Counts;

    public long GalleryVersion => _gallery.Version;

    public long PushesRefused => _gallery.Refused;

    public long Answered => Interlocked.Read(ref _answered);

    public long Connections => Interlocked.Read(ref _connections);

    public bool IsOnline => _link.State.Status is LinkStatus.Online;

    /// <summary>What is to be remembered for the next run.</summary>
    public FleetDevice Left => _device with { Boot = _device.Boot + 1, Seq = _device.Seq + Outbox.Made };

    public void Start() => _running = Task.WhenAll(
        _link.RunAsync(_over.Token), _pump.RunAsync(_over.Token), _pushes.RunAsync(_over.Token), _commands.RunAsync(_over.Token), _settings.RunAsync(_over.Token));

    public void Report()
    {
        Outbox.Add();
        _pump.Wake();
    }

    /// <summary>Something in it broke: that must not pass for a device that has nothing to say.</summary>
    public Exception? Fault => _running.Exception?.GetBaseException();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
        _key.Dispose();
        _sealingKey.Dispose();
    }

    void Change(LinkState state)
    {
        _pump.Changed(state);
        if (state.Status is not LinkStatus.Online) return;

        Interlocked.Increment(ref _connections);
        _ = GreetAsync();
    }

    async Task GreetAsync()
    {
        try
        {
            await _link.SendAsync(new UpMessage(UpChannel.Identity, Encoding.ASCII.GetBytes(_identity)), _over.Token);
            _pushes.Connected();
            _settings.Online();
            await _commands.FlushAsync(_over.Token);
        }
        catch (Exception e) when (e is LinkException or OperationCanceledException)
        {
            // The next connection says it.
        }
    }

    /// <summary>Read as a device reads it. A site whose doors have no rules lets nobody in, and so does this device then.</summary>
    SettingsOutcome Adopt(byte[] json)
    {
        try
        {
            Outbox.IsShut = Site.Parse(Encoding.UTF8.GetString(json), "settings").Doors.Values.All(door => door.Rules.Count == 0);
            return new SettingsOutcome([]);
        }
        catch (DocumentException e)
        {
            return new SettingsOutcome([.. e.Faults.Select(fault => $"{fault.Path}: {fault.What}")]);
        }
    }

    CommandAnswer Done(CommandDocument command, TimeProvider time)
    {
        Interlocked.Increment(ref _answered);
        return new CommandAnswer(command.Id, "done", "", "", time.GetUtcNow());
    }

    /// <summary>Who hears what.</summary>
    sealed record Channels(EventPump Pump, GalleryLoop Pushes, CommandIntake Commands, SettingsTwin Settings)
    {
        public void Take(DownMessage message)
        {
            switch (message.Channel)
            {
                case DownChannel.Receipts:
                    Pump.Receive(message.Payload);
                    break;
                case DownChannel.Manifests or DownChannel.Chunks or DownChannel.Heads:
                    Pushes.Hear(message);
                    break;
                case DownChannel.Commands:
                    Commands.Take(message);
                    break;
                case DownChannel.Desired:
                    Settings.Take(message);
                    break;
            }
        }
    }
}
