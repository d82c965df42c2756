using System.Collections.Concurrent;
using EdgeFace.Consumer;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Keeping;
using EdgeFace.Link;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Cli;

/// <summary>
/// The far end of the demo's cloud, in this process: a broker on loopback, a consumer that keeps events for good, keys for what
/// it signs, and a gallery with the demo's person to push. All of it lies in a passing folder.
/// </summary>
sealed class DemoHub : IAsyncDisposable
{
    public const string Device = "demo-door", User = "hub", Gallery = "main";

    /// <summary>Passwords of a broker that listens on loopback for a minute need not withstand years of guessing.</summary>
    const int Iterations = 10_000;

    readonly PassingFolder _place = new();
    readonly TimeProvider _time;
    readonly SigningKey _root = SigningKey.Create(), _enrollment = SigningKey.Create(), _receipt = SigningKey.Create();
    readonly EventVault _vault;
    readonly EventIntake _intake;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentQueue<GalleryReport> _reports = new();
    EmbeddedBroker? _broker;
    HubConnection? _connection;
    FarEnd? _end;
    Task _run = Task.CompletedTask;
    PressedGallery? _pressed;
    byte[]? _identity;

    public DemoHub(TimeProvider time)
    {
        _time = time;
        Data = new StateFolder(Path.Combine(_place.Path, "hub"));
        Data.Create();
        _vault = new EventVault(Path.Combine(_place.Path, "events.db"));
        _intake = new EventIntake(_vault.Keep, EventIntake.With(_receipt), time);
        File.WriteAllText(Accounts, "");
        var accounts = new BrokerAccounts(Accounts);
        File.WriteAllText(Accounts, accounts.With(Device, BrokerRole.Device, Secret(Device), Iterations));
        File.WriteAllText(Accounts, accounts.With(User, BrokerRole.Hub, Secret(User), Iterations));
        AtomicFile.Write(Trust, TrustedKeys.Of(new TrustDocument(1,
        [
            new(_root.Public.Spki, [KeyRole.Root]), new(_enrollment.Public.Spki, [KeyRole.Enrollment]),
            new(_receipt.Public.Spki, [KeyRole.Receipt]),
        ])).ToJson());
    }

    /// <summary>A gallery of the hub's own.</summary>
    public StateFolder Data { get; }

    /// <summary>The file for the device.</summary>
    public string Trust => Path.Combine(_place.Path, "trust.json");

    public int Port { get; private set; }

    /// <summary>Events that are kept for good.</summary>
    public long Held => _vault.Count(Device);

    /// <summary>Events that came once more, and were known.</summary>
    public long Again => _intake.Again;

    /// <summary>Numbers that never came.</summary>
    public int Holes => _vault.Holes(Device).Count;

    /// <summary>Whether the device says that the push is in force.</summary>
    public bool IsPushed => _pressed is { } pressed && _reports.Any(report => report.Version == pressed.Manifest.Version);

    /// <summary>How the device comes to the broker.</summary>
    public MqttLinkOptions LinkOf(string user) => new(
        "127.0.0.1", Port, Tls: false, PasswordFile: PasswordFile(user), AckTimeoutSeconds: 5, BackoffSecondsMin: 0.2, BackoffSecondsMax: 1);

    public async Task StartAsync()
    {
        await OpenAsync();
        _connection = new HubConnection(LinkOf(User), User, _time);
        _end = new FarEnd(_connection, _intake, _time) { Heard = Hear };
        _run = _end.RunAsync(_stop.Token);
    }

    /// <summary>The broker listens, on the same port as before.</summary>
    public async Task OpenAsync()
    {
        _broker = new EmbeddedBroker(new EmbeddedBrokerOptions(Port: Port, AccountsFile: Accounts), _time);
        await _broker.StartAsync();
        Port = _broker.Port;
    }

    /// <summary>The link is cut for everybody.</summary>
    public async Task CutAsync()
    {
        if (_broker is { } broker) await broker.DisposeAsync();
        _broker = null;
    }

    /// <summary>Signs and seals the hub's people for the device, and sends them.</summary>
    /// <param name="model">Of the embeddings.</param>
    /// <param name="identity">The device's, which it has signed.</param>
    /// <returns>Bytes on the wire.</returns>
    public long Push(ModelCard model, DeviceIdentity identity)
    {
        using var store = SubjectStore.Open(Data, _time);
        var people = new HubGallery(store, _time).Owed(model.ModelId).ToArray();
        var pressed = _pressed = new GalleryPress(Gallery, model.ModelId.Value, _enrollment, _time)
            .Full(people, version: 1, [new PressRecipient(Device, identity.SealingKey)]);
        _end?.Send(Device, pressed.Messages());
        return pressed.Messages().Sum(message => (long)message.Payload.Length);
    }

    /// <summary>What the device said of itself; null before it did, or where another one has signed it.</summary>
    public DeviceIdentity? IdentityOf(StateFolder device)
    {
        using var key = JournalKey.Read(device.JournalKey);
        return _identity is { } text ? DeviceIdentity.Open(text, Device, new VerifyingKey(key.Public)) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_broker is not null) await _broker.DisposeAsync();
        _vault.Dispose();
        _root.Dispose();
        _enrollment.Dispose();
        _receipt.Dispose();
        _stop.Dispose();
        _place.Dispose();
    }

    string Accounts => Path.Combine(_place.Path, "accounts");

    void Hear(Heard heard)
    {
        if (heard.Message.Channel is UpChannel.Identity) _identity = heard.Message.Payload.ToArray();
        if (heard.Message.Channel is not UpChannel.Gallery || GalleryReport.Parse(heard.Message.Payload.Span) is not { } report) return;

        _reports.Enqueue(report);
        if (_pressed is { } pressed) _end?.Answer(heard.Device, pressed.Answer(report));
    }

    string Secret(string user)
    {
        var secret = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        AtomicFile.Write(PasswordFile(user), System.Text.Encoding.ASCII.GetBytes(secret));
        return secret;
    }

    string PasswordFile(string user) => Path.Combine(_place.Path, $"{user}.password");
}
