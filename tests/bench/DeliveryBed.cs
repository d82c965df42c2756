using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Consumer;
using EdgeFace.Storage;
using EdgeFace.Tests;
using EdgeFace.Tests.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Benchmarks;

/// <summary>A broker, a consumer in this process that keeps events in SQLite, and a device in another one.</summary>
sealed class DeliveryBed : IAsyncDisposable
{
    readonly ScratchFolder _folder = new();
    readonly CancellationTokenSource _stop = new();
    readonly SigningKey _key = SigningKey.Create();
    readonly ConcurrentDictionary<string, byte> _heard = new(StringComparer.Ordinal);
    readonly DeliveryLedger _ledger;
    Task _run = Task.CompletedTask;

    /// <param name="broker">See <see cref="DeliveryBroker"/>.</param>
    /// <param name="forgets">The arm that must show doubles: what comes again is new to the consumer.</param>
    public DeliveryBed(string broker = "mosquitto", bool forgets = false)
    {
        Broker = new DeliveryBroker(_folder, broker);
        Vault = new EventVault(_folder["events.db"]);
        _ledger = new DeliveryLedger(_folder["events.db"]);
        _ledger.Begin();
        if (forgets) _ledger.Forget();
        Data = new StateFolder(_folder["device"]);
        Data.Create();
        File.WriteAllBytes(_folder["trust.json"], TrustedKeys.Of(
            new TrustDocument(1, [new(_key.Public.Spki, [KeyRole.Root, KeyRole.Receipt])])).ToJson());
        File.WriteAllBytes(_folder["link.json"], JsonSerializer.SerializeToUtf8Bytes(Broker.LinkOf(DeliveryBroker.Device)));
        Device = new DeliveryDevice(Data, _folder["link.json"], _folder["trust.json"]);
    }

    public DeliveryBroker Broker { get; }

    public DeliveryDevice Device { get; }

    public EventVault Vault { get; }

    public StateFolder Data { get; }

    public EventIntake? Intake { get; private set; }

    /// <summary>The file with the keys that the device trusts.</summary>
    public string Trust => _folder["trust.json"];

    public void StartConsumer()
    {
        var time = TimeProvider.System;
        var holes = new HoleWatch(Vault.Holes, EventIntake.With(_key), time);
        Intake = new EventIntake(Vault.Keep, EventIntake.With(_key), time) { Holes = holes };
        var connection = new HubConnection(Broker.LinkOf(DeliveryBroker.Hub), DeliveryBroker.Hub, time);
        var far = new FarEnd(connection, Intake, time);
        var take = connection.Received;
        connection.Received = heard =>
        {
            _heard.TryAdd(DeliveryChild.HashOf(heard.Message.Payload.Span), 0);
            take?.Invoke(heard);
        };
        _run = far.RunAsync(_stop.Token);
    }

    /// <summary>The consumer in a process of its own, which takes no time from this one; its standard output is how many it holds.</summary>
    /// <param name="pause">Between two batches, for a consumer that is slow.</param>
    public Process StartConsumerAside(TimeSpan pause)
    {
        File.WriteAllBytes(_folder["receipts.key"], _key.ToPkcs8());
        File.WriteAllBytes(_folder["hub.json"], JsonSerializer.SerializeToUtf8Bytes(Broker.LinkOf(DeliveryBroker.Hub)));
        var aside = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath ?? "",
            ["consumer-child", "--vault", _folder["aside.db"], "--link", _folder["hub.json"], "--key", _folder["receipts.key"],
                "--pause-ms", pause.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("The consumer did not start.");
        DeliveryBroker.GiveWay(aside);
        Broker.GiveWay();
        return aside;
    }

    /// <summary>Whether the consumer ever heard that very message.</summary>
    public bool Heard(string hash) => _heard.ContainsKey(hash);

    /// <summary>What the consumer holds of the device.</summary>
    public HashSet<(long Boot, long Seq)> Held()
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder["events.db"]};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT boot, seq FROM event";
        using var reader = command.ExecuteReader();
        HashSet<(long, long)> held = [];
        while (reader.Read()) held.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return held;
    }

    /// <summary>How often the consumer took for new what it had had before.</summary>
    public long Twice => _ledger.Twice;

    public async ValueTask DisposeAsync()
    {
        Device.Dispose();
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Broker.Dispose();
        Vault.Dispose();
        _key.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }
}
