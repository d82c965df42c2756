using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Rollouts;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Rollouts;

/// <summary>Roll-outs on a database, with devices that are rows: what they are told they take when the test says so.</summary>
sealed class RolloutBed : IAsyncDisposable
{
    public const string Old = """{"doors":{"front":{"rules":[{"groups":["everyone"]}]}}}""", New = """{"doors":{"front":{"rules":[{"groups":["everyone"],"mode":"face+pin"}]}}}""";

    readonly MadeDatabase _made;
    readonly ScratchFolder _scratch = new();
    readonly HubFolder _folder;

    RolloutBed(MadeDatabase made)
    {
        _made = made;
        _folder = new HubFolder(_scratch["hub"]);
        _folder.Create();
        Devices = new DeviceStore(made.Database, Time);
        Store = new RolloutStore(made.Database, Time);
        Desk = new RolloutDesk(Store, Audit);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2027, 3, 6, 10, 0, 0, TimeSpan.Zero));

    public DeviceStore Devices { get; }

    public RolloutStore Store { get; }

    public RolloutDesk Desk { get; }

    public AuditLog Audit => new(_made.Database, _folder, Time);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RolloutBed> MakeAsync(string engine, PostgresServer server, int devices)
    {
        var bed = new RolloutBed(await MadeDatabase.MakeAsync(engine, server));
        await using var connection = await bed._made.Database.OpenAsync(Stop);
        for (var i = 0; i < devices; i++)
        {
            await connection.ExecuteAsync(
                "INSERT INTO device (name, spki, registered, status, status_at, desired, desired_site, applied, applied_site) VALUES (@name, @key, 1, 'online', 1, 7, @site, 7, @site)",
                [("@name", Name(i)), ("@key", new byte[] { 1 }), ("@site", Old)], Stop);
            await bed.DidAsync(Name(i), granted: 900, denied: 100, hoursAgo: 5);
        }

        return bed;
    }

    public static string Name(int number) => $"door-{number:D2}";

    public static RolloutWish Wish(string stages = "1, 20 %, 100 %", IReadOnlyList<string>? first = null, string site = New, HaltRule? rule = null) =>
        new("keypads", site, stages, 60, null, first ?? [], rule ?? new HaltRule());

    /// <summary>As the loop of any instance takes it, each time another one.</summary>
    public async Task TurnAsync(string id)
    {
        await using var other = _made.Again();
        var turn = new RolloutTurn(
            new RolloutStore(other, Time), (device, site, stop) => new DeviceStore(other, Time).DesireAsync(device, site, stop), new AuditLog(other, _folder, Time), Time,
            NullLogger<RolloutTurn>.Instance);
        if (await Store.FindAsync(id, Stop) is { } rollout) await turn.TakeAsync(rollout, Stop);
    }

    /// <summary>Minutes pass, a turn in each, and all devices take what they are told and go on as they did.</summary>
    public async Task PassAsync(string id, int minutes, Func<string, Task>? each = null)
    {
        for (var i = 0; i < minutes; i++)
        {
            await TurnAsync(id);
            foreach (var device in await Store.DevicesAsync(id, Stop))
            {
                if (device.Told is not null && device.Applied != device.Desired && device.Code is null) await SayAsync(device.Device, new SettingsReport(device.Desired, null, null, null, Time.GetUtcNow()));
                if (each is not null) await each(device.Device);
            }

            Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    public Task SayAsync(string device, SettingsReport report) => Devices.WriteAsync([DeviceWord.Of(device, report)], Stop);

    public Task SayAsync(string device, bool isOnline) => Devices.WriteAsync([DeviceWord.Of(device, isOnline)], Stop);

    public async Task DidAsync(string device, long granted, long denied, int hoursAgo = 0)
    {
        await using var connection = await _made.Database.OpenAsync(Stop);
        var hour = Moment.Of(DeedReader.Hour(Time.GetUtcNow()) - TimeSpan.FromHours(hoursAgo));
        foreach (var (kind, count) in new[] { ("granted", granted), ("denied.unknown", denied) })
        {
            await connection.ExecuteAsync(
                "INSERT INTO tally (hour, device, kind, count) VALUES (@hour, @device, @kind, @count) ON CONFLICT (hour, device, kind) DO UPDATE SET count = tally.count + excluded.count",
                [("@hour", hour), ("@device", device), ("@kind", kind), ("@count", count)], Stop);
        }
    }

    public async Task<Rollout> FindAsync(string id) => await Store.FindAsync(id, Stop) ?? throw new InvalidOperationException("There is no such roll-out.");

    public async ValueTask DisposeAsync()
    {
        await _made.DisposeAsync();
        _scratch.Dispose();
    }
}
