using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Intake;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Fleet;

/// <summary>The wall of a hub that hears one device, which is online and has a door "front".</summary>
sealed class WallBed : IAsyncDisposable
{
    const string Device = "door-1";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), Now = Start.AddMinutes(5);

    readonly ScratchFolder _folder = new();
    readonly MadeDatabase _made;
    readonly IntakeBed _intake;

    WallBed(MadeDatabase made)
    {
        (_made, _intake) = (made, new IntakeBed(made.Database));
        Wall = new DoorWall(made.Database, new FakeTimeProvider(Now));
        var folder = new HubFolder(_folder["hub"]);
        folder.Create();
        By = new Doer(new AuditLog(made.Database, folder, TimeProvider.System), "tess");
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public DoorWall Wall { get; }

    public Doer By { get; }

    public IDatabase Database => _made.Database;

    public static async Task<WallBed> StartAsync(PostgresServer server, string engine = "sqlite")
    {
        var bed = new WallBed(await MadeDatabase.MakeAsync(engine, server));
        await bed._intake.StartAsync();
        await bed.BecomesAsync("online");
        return bed;
    }

    /// <summary>What happened so many seconds after <see cref="Start"/>.</summary>
    public static OutboxEvent Event(long seq, string kind, double? value = null, double? limit = null) => new(
        Device, new EventKey(1, seq), Start.AddSeconds(seq), kind, OutboxPriority.Access, "front", null, null, null, value, limit, null, null);

    public async Task HearAsync(params OutboxEvent[] events)
    {
        var before = _intake.Receipted.Count;
        _intake.Take(Device, events);
        await Eventually.TrueAsync(() => _intake.Receipted.Count >= before + events.Length);
    }

    public async Task<DoorView> FrontAsync() => Assert.IsType<DoorView>(await Wall.FindAsync(Device, "front", Stop));

    public async Task<(long Lockouts, long Alarms)> FiguresAsync() => await Wall.FiguresAsync(Stop) is var figures ? (figures.Lockouts, figures.Alarms) : default;

    public async Task BecomesAsync(string status)
    {
        await using var connection = await Database.OpenAsync(Stop);
        await connection.ExecuteAsync("UPDATE device SET status = @status, status_at = @at", [("@status", status), ("@at", Moment.Of(Start))], Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _intake.DisposeAsync();
        await _made.DisposeAsync();
        _folder.Dispose();
    }
}
