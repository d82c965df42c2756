using System.Net;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using EdgeFace.Hub.Webhooks;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Hub.Webhooks;

/// <summary>Webhooks of one hub's instance, on a database that others may share; what takes minutes takes a moment here.</summary>
sealed class WebhookBed : IAsyncDisposable
{
    static readonly DateTimeOffset Morning = DateTimeOffset.UtcNow - TimeSpan.FromHours(2);

    readonly ScratchFolder? _scratch;
    readonly PersonalSeal _seal;
    readonly List<WebhookLoop> _loops = [];

    public WebhookBed(IDatabase database, TimeProvider? time = null, HubFolder? folder = null, TimeSpan? giveUp = null)
    {
        time ??= TimeProvider.System;
        if (folder is null)
        {
            _scratch = new ScratchFolder(inMemory: true);
            folder = new HubFolder(_scratch["hub"]);
            folder.Create();
        }

        (Folder, Database, Time) = (folder, database, time);
        _seal = PersonalSeal.Open(folder.SealingKey);
        Pace = new WebhookPace(
            TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), giveUp ?? TimeSpan.FromHours(1));
        People = new PersonStore(database, _seal, time);
        Known = new KnownPeople(People, time);
        Audit = new AuditLog(database, folder, time);
        Store = new WebhookStore(database, _seal, time);
        var network = new WebhookNetwork([IPNetwork.Parse("127.0.0.0/8")]);
        Sender = new WebhookSender(network, Pace, time);
        Desk = new WebhookDesk(database, Store, network, Sender, Audit, time);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public HubFolder Folder { get; }

    public IDatabase Database { get; }

    public TimeProvider Time { get; }

    public WebhookPace Pace { get; }

    public PersonStore People { get; }

    public KnownPeople Known { get; }

    public AuditLog Audit { get; }

    public WebhookStore Store { get; }

    public WebhookSender Sender { get; }

    public WebhookDesk Desk { get; }

    /// <summary>An instance that delivers, until it is stopped in the middle of whatever it does.</summary>
    public async Task<WebhookLoop> StartAsync()
    {
        var loop = new WebhookLoop(Database, Store, Sender, Known, Audit, Pace, Time, NullLogger<WebhookLoop>.Instance);
        _loops.Add(loop);
        await loop.StartAsync(Stop);
        return loop;
    }

    public async Task<(string Id, string Secret)> MakeAsync(string url, WebhookFilter? filter = null, bool names = false)
    {
        var (id, secret, fault) = await Desk.CreateAsync("anna", new WebhookWish("of a test", url, filter ?? WebhookFilter.All, names), Stop);
        Assert.Null(fault);
        return (id ?? "", secret ?? "");
    }

    public async Task<Webhook> FindAsync(string id) => await Store.FindAsync(id, Stop) ?? throw new InvalidOperationException("It is gone.");

    /// <summary>As if devices had reported them, kept in as many transactions as there are.</summary>
    public async Task KeepAsync(params IEnumerable<OutboxEvent> events)
    {
        await using var connection = await Database.OpenAsync(Stop);
        foreach (var some in events.Chunk(7))
        {
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            await Database.KeepAsync(connection, transaction, [.. some.Select(what => EventKeeper.Row(what, Time.Now()))], Stop);
            await transaction.CommitAsync(Stop);
        }
    }

    public static IEnumerable<OutboxEvent> Events(int first, int count) => Enumerable.Range(first, count).Select(seq => Event(seq));

    public static OutboxEvent Event(long seq, string kind = "granted", string? person = null, string device = "door-1", OutboxPriority priority = OutboxPriority.Access) =>
        new(device, new EventKey(1, seq), Morning + TimeSpan.FromSeconds(seq), kind, priority, "front", "front", person, "match", 0.9, 0.4);

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.StopAsync(CancellationToken.None);
            loop.Dispose();
        }

        Sender.Dispose();
        Known.Dispose();
        _seal.Dispose();
        _scratch?.Dispose();
    }
}
