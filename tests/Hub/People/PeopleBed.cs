using System.Numerics.Tensors;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Storage;
using EdgeFace.Inference;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.People;

/// <summary>People of a hub that serves no page: a database in memory's folder, keys, and a clock that a test moves.</summary>
sealed class PeopleBed : IAsyncDisposable
{
    public const string Gallery = "main";

    readonly ScratchFolder _scratch = new(inMemory: true);
    readonly PersonalSeal _seal;

    PeopleBed(string model)
    {
        Folder = new HubFolder(_scratch["hub"]);
        Folder.Create();
        Database = new SqliteDatabase(Folder.Database);
        _seal = PersonalSeal.Open(Folder.SealingKey);
        Keys = HubKeys.Open(Folder);
        Model = model;
        Store = new PersonStore(Database, _seal, Time);
        Known = new KnownPeople(Store, Time);
        Audit = new AuditLog(Database, Folder, Time);
        Uploads = new Uploads(Database, _seal, Time);
        Enrollments = new Enrollments(Database, Store, Known, Uploads, Keys, Card, Audit, Time, NullLogger<Enrollments>.Instance);
        Erasures = new Erasures(Database, Keys, Audit, Time);
        Scrubbing = new Scrubbing(Database);
        Galleries = new GalleryStore(Database, Store, Time);
        Jobs = new BulkJobs(Database, _seal, Folder, Time);
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static ModelCard Card { get; } = Cast.Catalog.DefaultOf(ModelKind.Embedding);

    public static DateTimeOffset Morning { get; } = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Morning);

    public HubFolder Folder { get; }

    public IDatabase Database { get; }

    public HubKeys Keys { get; }

    public string Model { get; }

    public PersonStore Store { get; }

    public KnownPeople Known { get; }

    public Enrollments Enrollments { get; }

    public Erasures Erasures { get; }

    public Uploads Uploads { get; }

    public Scrubbing Scrubbing { get; }

    public AuditLog Audit { get; }

    public Doer Tess => new(Audit, "tess");

    public GalleryStore Galleries { get; }

    public BulkJobs Jobs { get; }

    public PersonalSeal Seal => _seal;

    public static async Task<PeopleBed> StartAsync(string? model = null)
    {
        var bed = new PeopleBed(model ?? Card.ModelId.Value);
        await bed.Database.MigrateAsync(Stop);
        await bed.Galleries.EnsureAsync(Gallery, bed.Model, Stop);
        return bed;
    }

    /// <summary>A face: the same for the same number, near to it for another photo, and far from everybody else's.</summary>
    public static float[] Face(int who, int photo = 0)
    {
        var (own, noise) = (new Random(who), new Random(who * 1000 + photo));
        var values = new float[512];
        for (var i = 0; i < values.Length; i++) values[i] = own.NextSingle() - 0.5f + (noise.NextSingle() - 0.5f) * 0.2f;
        var length = TensorPrimitives.Norm<float>(values);
        for (var i = 0; i < values.Length; i++) values[i] /= length;
        return values;
    }

    public NewTemplate Template(int who, int photo = 0, float quality = 0.8f) => new(Model, Face(who, photo), quality, Time.GetUtcNow());

    public PersonDetails Details(string name) => new(name, new PushedConsent(Time.GetUtcNow(), "1"), "tess");

    public Task<string> AddAsync(string name, int who, params string[] groups) =>
        Store.AddAsync(Details(name), groups, Gallery, [Template(who)], "photo", null, Stop);

    public async Task<GalleryVersion> NewestAsync() => (await Galleries.AllAsync(Stop)).Single();

    public async Task<bool> PressAsync() => await Galleries.PressAsync(await NewestAsync(), Stop);

    /// <summary>Whether those bytes stand anywhere in the database's files.</summary>
    public bool Holds(ReadOnlySpan<byte> bytes)
    {
        foreach (var file in Directory.EnumerateFiles(Folder.Path, "hub.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var all = new byte[stream.Length];
            stream.ReadExactly(all);
            if (all.AsSpan().IndexOf(bytes) >= 0) return true;
        }

        return false;
    }

    public async Task<List<byte[]>> CellsAsync(string sql, string id)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return await connection.ListAsync(sql, row => row.GetFieldValue<byte[]>(0), [("@id", id)], Stop);
    }

    public async Task<SigningKey> RegisterAsync(string device)
    {
        var key = SigningKey.Create();
        await using var connection = await Database.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await new EdgeFace.Hub.Fleet.DeviceStore(Database, Time).RegisterAsync(connection, transaction, device, key.Public.Spki, Gallery, Stop);
        await transaction.CommitAsync(Stop);
        return key;
    }

    public async ValueTask DisposeAsync()
    {
        Known.Dispose();
        Keys.Dispose();
        _seal.Dispose();
        await Database.DisposeAsync();
        _scratch.Dispose();
    }
}
