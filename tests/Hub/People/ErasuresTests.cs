using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Hub.People;

public sealed class ErasuresTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_who_is_erased_no_cell_is_left_in_any_file_and_the_hub_signs_it()
    {
        await using var bed = await PeopleBed.StartAsync();
        var (ann, bob) = (await bed.AddAsync("Ann", 1, "staff"), await bed.AddAsync("Bob", 2));
        await bed.Store.AddTemplatesAsync(ann, [bed.Template(1, 1)], Stop);
        List<byte[]> cells =
        [
            .. await bed.CellsAsync("SELECT key FROM person WHERE id = @id", ann), .. await bed.CellsAsync("SELECT sealed FROM person WHERE id = @id", ann),
            .. await bed.CellsAsync("SELECT mark FROM person WHERE id = @id", ann), .. await bed.CellsAsync("SELECT sealed FROM template WHERE person = @id", ann),
        ];
        Assert.Equal(5, cells.Count);
        Assert.All(cells, cell => Assert.True(bed.Holds(cell.AsSpan(0, 32))));

        Assert.True(await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop));
        Assert.False(await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop));
        Assert.True(await new Scrubbing(bed.Database).DoAsync(Stop)); // of another start of the program: that it is due stands in the database

        Assert.All(cells, cell => Assert.False(bed.Holds(cell.AsSpan(0, 32))));
        Assert.Null(await bed.Store.FindAsync(ann, Stop));
        Assert.NotNull(await bed.Store.FindAsync(bob, Stop));
        var erasure = await bed.Erasures.FindAsync(ann, Stop);
        Assert.NotNull(erasure);
        Assert.Equal((2, "tess", "asked"), ((int)erasure.Templates, erasure.By, erasure.Why));
        Assert.Equal(new HubErasure(ann, erasure.AskedAt, 2, erasure.Digest), bed.Erasures.Open(erasure));
        Assert.Null(bed.Erasures.Open(erasure with { Digest = new string('0', 64) }));
    }

    [Fact]
    public async Task The_version_without_somebody_is_told_also_of_who_was_in_none()
    {
        await using var bed = await PeopleBed.StartAsync();
        var (ann, bob) = (await bed.AddAsync("Ann", 1), await bed.AddAsync("Bob", 2));
        await bed.PressAsync();
        var early = await bed.AddAsync("Cid", 3);
        await bed.Erasures.EraseAsync(early, "tess", "asked", Stop);
        Assert.False(await bed.PressAsync());
        Assert.Equal(1, (await bed.Erasures.FindAsync(early, Stop))?.Version);

        await bed.Store.SuspendAsync(bob, true, Stop);
        Assert.True(await bed.PressAsync());
        await bed.Erasures.EraseAsync(bob, "tess", "asked", Stop);
        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        Assert.Null((await bed.Erasures.FindAsync(ann, Stop))?.Version);
        Assert.True(await bed.PressAsync());
        Assert.Equal(3, (await bed.Erasures.FindAsync(ann, Stop))?.Version);
        Assert.Equal(3, (await bed.Erasures.FindAsync(bob, Stop))?.Version);
    }

    [Fact]
    public async Task A_receipt_counts_when_the_device_itself_has_signed_it()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync("door-1");
        using var other = await bed.RegisterAsync("door-2");
        var ann = await bed.AddAsync("Ann", 1);
        await bed.PressAsync();
        await new DeviceStore(bed.Database, bed.Time).SentAsync(["door-1", "door-2"], 1, Stop);
        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        await bed.PressAsync();
        var statement = new ErasureStatement("door-1", ann, new string('1', 32), PeopleBed.Morning, 1, new string('a', 64), true);

        await HearAsync(bed, statement.SignedBy(other));
        Assert.All(await DevicesAsync(bed, ann), device => Assert.Null(device.Statement));
        await HearAsync(bed, statement.SignedBy(key));
        await HearAsync(bed, statement.SignedBy(key));

        var devices = await DevicesAsync(bed, ann);
        Assert.Equal(["door-1", "door-2"], devices.Select(device => device.Device));
        Assert.Equal(statement, devices[0].Statement);
        Assert.Null(devices[1].Statement);
        Assert.Equal([ErasureState.Erased, ErasureState.Missing], devices.Select(device => device.State));
    }

    [Fact]
    public async Task What_a_device_signed_of_a_suspension_that_has_ended_is_no_receipt_of_an_erasure()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync("door-1");
        var ann = await bed.AddAsync("Ann", 1);
        await bed.PressAsync();
        await new DeviceStore(bed.Database, bed.Time).SentAsync(["door-1"], 1, Stop);
        var statement = new ErasureStatement("door-1", ann, new string('1', 32), PeopleBed.Morning, 1, new string('a', 64), true);

        await bed.Store.SuspendAsync(ann, true, Stop);
        await HearAsync(bed, statement.SignedBy(key));
        await bed.Store.SuspendAsync(ann, false, Stop);
        await HearAsync(bed, statement.SignedBy(key)); // late, or once more
        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        Assert.Equal(ErasureState.Missing, Assert.Single(await DevicesAsync(bed, ann)).State);

        await HearAsync(bed, (statement with { Receipt = new string('2', 32) }).SignedBy(key));
        Assert.Equal(ErasureState.Erased, Assert.Single(await DevicesAsync(bed, ann)).State);
    }

    [Fact]
    public async Task Of_a_device_that_may_have_had_somebody_only_its_own_receipt_says_that_he_is_gone()
    {
        await using var bed = await PeopleBed.StartAsync();
        var store = new DeviceStore(bed.Database, bed.Time);
        foreach (var name in new[] { "forged", "never", "renewed", "stolen" }) (await bed.RegisterAsync(name)).Dispose();
        var ann = await bed.AddAsync("Ann", 1);
        await bed.PressAsync();
        await store.SentAsync(["forged", "renewed", "stolen"], 1, Stop);
        await RevokeAsync(bed, "stolen");
        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        await bed.PressAsync();
        bed.Time.Advance(TimeSpan.FromHours(1));
        (await bed.RegisterAsync("renewed")).Dispose();
        (await bed.RegisterAsync("later")).Dispose();
        await store.SentAsync(["later", "renewed"], 2, Stop);
        foreach (var name in new[] { "forged", "never" }) // as whoever has the broker would say it for them
            await store.WriteAsync([DeviceWord.Of(name, new GalleryReport(PeopleBed.Gallery, bed.Model, 2, new byte[32], 0, 0, false, false, null, []))], Stop);
        await store.WriteAsync([DeviceWord.Of("stolen", new GalleryReport("elsewhere", bed.Model, 2, new byte[32], 0, 0, false, false, null, []))], Stop);

        Assert.Equal(
            [("forged", ErasureState.Missing), ("never", ErasureState.NeverHad), ("renewed", ErasureState.NotKnown), ("stolen", ErasureState.NotKnown)],
            (await DevicesAsync(bed, ann)).Select(device => (device.Device, device.State)));
        var row = Assert.Single(await bed.Erasures.ListAsync(0, 10, Stop));
        Assert.Equal((ann, 3, 0), (row.Erasure.Person, row.Devices, row.Receipts));
        Assert.Empty(await bed.Erasures.ListAsync(1, 10, Stop));
    }

    static async Task RevokeAsync(PeopleBed bed, string device)
    {
        await using var connection = await bed.Database.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await new DeviceStore(bed.Database, bed.Time).RevokeAsync(connection, transaction, device, Stop);
        await transaction.CommitAsync(Stop);
    }

    [Fact]
    public async Task Whose_time_is_over_is_erased_by_itself_and_nobody_else()
    {
        await using var bed = await PeopleBed.StartAsync();
        var ann = await bed.Store.AddAsync(bed.Details("Ann"), [], PeopleBed.Gallery, [bed.Template(1)], "photo", PeopleBed.Morning.AddDays(2), Stop);
        var bob = await bed.AddAsync("Bob", 2);
        var told = 0;
        using var retention = new Retention(bed.Database, bed.Erasures, bed.Uploads, bed.Scrubbing, bed.Time, NullLogger<Retention>.Instance)
        {
            Erased = () => Interlocked.Increment(ref told),
        };
        await retention.StartAsync(Stop);
        bed.Time.Advance(TimeSpan.FromDays(2) - TimeSpan.FromMinutes(2));
        Assert.NotNull(await bed.Store.FindAsync(ann, Stop));

        await Eventually.TrueAsync(() =>
        {
            bed.Time.Advance(TimeSpan.FromMinutes(1));
            return Volatile.Read(ref told) > 0;
        });
        await retention.StopAsync(Stop);

        Assert.Equal(1, told);
        Assert.Equal([bob], await bed.Store.IdsAsync(Stop));
        Assert.Equal("retention", (await bed.Erasures.FindAsync(ann, Stop))?.By);
        Assert.Contains(await EntriesAsync(bed), entry => entry is { Actor: "retention", Action: "person.erase" } && entry.Target == ann);
    }

    static Task<List<AuditRow>> EntriesAsync(PeopleBed bed) => bed.Audit.ListAsync(new AuditQuery(null, null, null, null), 100, Stop);

    static async Task<IReadOnlyList<ErasureAtDevice>> DevicesAsync(PeopleBed bed, string person) =>
        await bed.Erasures.FindAsync(person, Stop) is { } erasure ? await bed.Erasures.DevicesAsync(erasure, isVerified: true, Stop) : [];

    static async Task HearAsync(PeopleBed bed, string statement)
    {
        await using var connection = await bed.Database.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        var more = ErasureStatement.Parts(statement);
        var what = new OutboxEvent("door-1", new EventKey(1, 1), PeopleBed.Morning, ErasureStatement.Event, OutboxPriority.Access, More: more);
        await bed.Erasures.HearAsync(connection, transaction, what, Stop);
        await transaction.CommitAsync(Stop);
    }
}
