using EdgeFace.Consumer;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Hub.Intake;

/// <summary>The intake of one hub's instance, on a database that others may share.</summary>
sealed class IntakeBed : IAsyncDisposable
{
    readonly ScratchFolder _folder = new();
    readonly IDatabase _database;
    readonly List<(string Device, string Text)> _receipts = [];

    public IntakeBed(IDatabase database)
    {
        _database = database;
        var folder = new HubFolder(_folder["hub"]);
        folder.Create();
        Keys = HubKeys.Open(folder);
        Keeper = new EventKeeper(database, Keys, TimeProvider.System, NullLogger<EventKeeper>.Instance)
        {
            Receipt = (device, text) =>
            {
                lock (_receipts) _receipts.Add((device, text));
            },
        };
    }

    public HubKeys Keys { get; }

    public EventKeeper Keeper { get; }

    /// <summary>Events that were receipted, each as often as it was.</summary>
    public IReadOnlyList<(string Device, EventKey Key)> Receipted
    {
        get
        {
            lock (_receipts)
            {
                return [.. _receipts.SelectMany(each =>
                    Open(each.Text).Ranges.SelectMany(range => Count(range.From, range.To).Select(seq => (each.Device, new EventKey(range.Boot, seq)))))];
            }
        }
    }

    /// <summary>Forty devices are registered: door-0 and so on.</summary>
    public async Task StartAsync()
    {
        await using (var connection = await _database.OpenAsync(TestContext.Current.CancellationToken))
        {
            await connection.WriteAsync(
                "INSERT INTO device (name, spki, registered)", "ON CONFLICT (name) DO NOTHING",
                [.. Enumerable.Range(0, 40).Select(i => (object?[])[$"door-{i}", new byte[] { 1 }, 0L])], TestContext.Current.CancellationToken);
        }

        await Keeper.StartAsync(TestContext.Current.CancellationToken);
    }

    public void Take(string device, params OutboxEvent[] events) =>
        Keeper.Take(new Heard(device, new UpMessage(UpChannel.Events, EventBatch.Write(events, Topics.PayloadBytesMax, out _))));

    public async Task<long> CountAsync(string sql)
    {
        await using var connection = await _database.OpenAsync(TestContext.Current.CancellationToken);
        return await connection.NumberAsync(sql, [], TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Keeper.StopAsync(CancellationToken.None);
        Keeper.Dispose();
        Keys.Dispose();
        _folder.Dispose();
    }

    Receipt Open(string text)
    {
        Assert.True(SignedText.TryOpen(System.Text.Encoding.ASCII.GetBytes(text), Receipt.Type, Keys.Trust.For(KeyRole.Receipt), out var payload, out var refusal), refusal);
        return Receipt.Parse(payload) ?? throw new FormatException("It is no receipt.");
    }

    static IEnumerable<long> Count(long from, long to)
    {
        for (var each = from; each <= to; each++) yield return each;
    }
}
