using System.Collections.Concurrent;
using System.Security.Cryptography;
using EdgeFace.Consumer;
using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Link;
using EdgeFace.Subjects;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Hosting;

/// <summary>The real daemon of a house with a broker and a hub: what the one says, the other hears.</summary>
sealed class CloudHouse : IAsyncDisposable
{
    public const string Device = "house";

    readonly ScratchFolder _folder = new();
    readonly CancellationTokenSource _stop = new();
    readonly EmbeddedBroker _broker;
    Task _run = Task.CompletedTask;

    CloudHouse(DaemonHouse house, EmbeddedBroker broker)
    {
        (House, _broker) = (house, broker);
        Vault = new EventVault(_folder["events.db"]);
    }

    public DaemonHouse House { get; }

    public EventVault Vault { get; private set; }

    public SigningKey Root { get; } = SigningKey.Create();

    public SigningKey Enrollment { get; } = SigningKey.Create();

    public ECDiffieHellman Sealing { get; } = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>All but events, as the hub heard it.</summary>
    public ConcurrentQueue<Heard> Heard { get; } = [];

    public FarEnd? Far { get; private set; }

    public int Port => _broker.Port;

    /// <param name="relay">Another port for device and hub than the broker's own, as of a proxy between them; from the broker's.</param>
    /// <param name="shown">To Home Assistant; null: not.</param>
    public static async Task<CloudHouse> BuildAsync(Func<int, int>? relay = null, EdgeFace.Twins.HomeAssistantOptions? shown = null)
    {
        var folder = new ScratchFolder();
        var accounts = new BrokerAccounts(folder["accounts"]);
        await File.WriteAllTextAsync(folder["password"], LinkBed.Password, DaemonHouse.Stop);
        await File.WriteAllTextAsync(folder["accounts"], accounts.With(Device, BrokerRole.Device, LinkBed.Password, 1000), DaemonHouse.Stop);
        await File.WriteAllTextAsync(folder["accounts"], accounts.With("hub", BrokerRole.Hub, LinkBed.Password, 1000), DaemonHouse.Stop);
        var broker = new EmbeddedBroker(new EmbeddedBrokerOptions(Port: 0, AccountsFile: folder["accounts"]), TimeProvider.System);
        await broker.StartAsync();
        var it = new CloudHouse(await DaemonHouse.BuildAsync(), broker);
        var link = new MqttLinkOptions(
            "127.0.0.1", relay?.Invoke(broker.Port) ?? broker.Port, Tls: false, PasswordFile: folder["password"], BackoffSecondsMin: 0.1, BackoffSecondsMax: 1);
        await File.WriteAllBytesAsync(folder["trust.json"], it.Trust().ToJson(), DaemonHouse.Stop);
        it.House.Profile = it.House.Profile with { Cloud = new CloudOptions(folder["trust.json"], link, HomeAssistant: shown) };
        var intake = new EventIntake(it.Vault.Keep, EventIntake.With(it.Root), TimeProvider.System);
        it.Far = new FarEnd(new HubConnection(link, "hub", TimeProvider.System), intake, TimeProvider.System) { Heard = it.Heard.Enqueue };
        it._run = it.Far.RunAsync(it._stop.Token);
        return it;
    }

    /// <summary>Everybody of the house's own gallery, as the hub would push them.</summary>
    public PersonRecord[] PeopleOf(SubjectStore store) =>
        [.. new HubGallery(store, TimeProvider.System).Owed(House.Home.Catalog().DefaultOf(EdgeFace.Inference.ModelKind.Embedding).ModelId)];

    public DeviceIdentity? Identity()
    {
        using var key = JournalKey.Read(House.Data.JournalKey);
        return Heard.Where(heard => heard.Message.Channel is UpChannel.Identity)
            .Select(heard => DeviceIdentity.Open(heard.Message.Payload.Span, Device, new VerifyingKey(key.Public))).LastOrDefault();
    }

    TrustedKeys Trust() => TrustedKeys.Of(new TrustDocument(
        1,
        [
            new(Root.Public.Spki, [KeyRole.Root, KeyRole.Receipt, KeyRole.Command, KeyRole.Settings]),
            new(Enrollment.Public.Spki, [KeyRole.Enrollment]),
        ],
        Sealing.ExportSubjectPublicKeyInfo()));

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _broker.DisposeAsync();
        Vault.Dispose();
        Root.Dispose();
        Enrollment.Dispose();
        Sealing.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }
}
