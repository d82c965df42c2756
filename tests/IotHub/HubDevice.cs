using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeFace.Tests.IotHub;

/// <summary>What a device sent: its properties as they stood in the topic, unescaped.</summary>
sealed record HubTelemetry(IReadOnlyDictionary<string, string> Properties, byte[] Payload, bool IsWill, bool IsRetained)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>A message to a device: kept until the device has acknowledged it.</summary>
sealed class HubMessage(string bag, byte[] payload)
{
    public string Bag => bag;

    public byte[] Payload => payload;

    /// <summary>Of the delivery that is not acknowledged; zero before.</summary>
    public ushort Number { get; set; }

    public bool WasSent { get; set; }
}

/// <summary>A device of the simulated hub, and all that the hub holds of it. Its members are guarded by its lock.</summary>
/// <param name="id">Its name.</param>
/// <param name="key">Its symmetric key, decoded; null where it has a certificate.</param>
/// <param name="thumbprint">Of its certificate; null where it has a key.</param>
sealed class HubDevice(string id, byte[]? key, string? thumbprint)
{
    public const int PendingMax = 50;

    public Lock Guard { get; } = new();

    public string Id => id;

    public byte[]? Key => key;

    public string? Thumbprint => thumbprint;

    public bool IsDisabled { get; set; }

    public HubConnection? Connection { get; set; }

    /// <summary>Topic filter and quality; outlives a connection without CleanSession.</summary>
    public Dictionary<string, int> Subscriptions { get; } = [];

    public List<HubMessage> Pending { get; } = [];

    public ConcurrentQueue<HubTelemetry> Telemetry { get; } = new();

    public ConcurrentQueue<string> Connects { get; } = new();

    public HubTwin Twin { get; } = new();

    /// <summary>Of the next requests of the twin, instead of what they ask for.</summary>
    public ConcurrentQueue<int> TwinStatuses { get; } = new();

    public ConcurrentDictionary<string, TaskCompletionSource<(int Status, string Body)>> Calls { get; } = new();

    /// <summary>What a backend sends. False when fifty wait already.</summary>
    public async Task<bool> TrySendAsync(string bag, byte[] payload)
    {
        HubConnection? connection;
        lock (Guard)
        {
            if (Pending.Count >= PendingMax || payload.Length > 64 * 1024) return false;
            Pending.Add(new HubMessage(bag, payload));
            connection = Connection;
        }

        if (connection is not null) await connection.DeliverAsync();
        return true;
    }

    public int PendingCount
    {
        get { lock (Guard) return Pending.Count; }
    }

    /// <summary>What a backend wants from now on: merged, and told to the device only when it is there.</summary>
    public async Task DesireAsync(JsonObject patch)
    {
        string told;
        HubConnection? connection;
        lock (Guard)
        {
            told = Twin.Desire(patch);
            connection = Connection;
        }

        if (connection is not null) await connection.TellDesiredAsync(told);
    }

    /// <summary>A direct method, answered in time or not at all: then 504, and 404 where the device is not there.</summary>
    public async Task<(int Status, string Body)> InvokeAsync(string method, string payload, TimeSpan limit)
    {
        HubConnection? connection;
        lock (Guard) connection = Connection;
        if (connection is null || Encoding.UTF8.GetByteCount(payload) > 128 * 1024) return (404, "");

        var request = Guid.NewGuid().ToString("N")[..8];
        var answer = Calls[request] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (!await connection.CallAsync(method, request, payload)) return (404, "");
            return await answer.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            return (504, "");
        }
        finally
        {
            Calls.TryRemove(request, out _);
        }
    }
}
