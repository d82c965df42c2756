using EdgeFace.Consumer;
using EdgeFace.Keeping;
using EdgeFace.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Benchmarks;

/// <summary>The hub of one device: made-up people, of whom each push has changed everybody.</summary>
sealed class PushHub : IDisposable
{
    readonly int _people;
    readonly Random _random = new(20_261_124);
    readonly SigningKey _root = SigningKey.Create(), _key = SigningKey.Create();
    readonly GalleryPress _press;
    readonly PressRecipient[] _audience;
    long _version;

    public PushHub(int people)
    {
        _people = people;
        Home = Directory.CreateTempSubdirectory("edgeface-push-").FullName;
        Folder = new StateFolder(Path.Combine(Home, "data"));
        Folder.Create();
        var keys = TrustedKeys.Of(new TrustDocument(1, [new(_root.Public.Spki, [KeyRole.Root]), new(_key.Public.Spki, [KeyRole.Enrollment])]));
        AtomicFile.Write(PushHouse.TrustFile(Folder), keys.ToJson());
        using var sealing = DeviceSeal.ReadOrCreate(Folder.SealingPair);
        _audience = [new PressRecipient(PushHouse.Device, sealing.ExportSubjectPublicKeyInfo())];
        _press = new GalleryPress("main", PushHouse.Model, _key, TimeProvider.System);
    }

    public string Home { get; }

    public StateFolder Folder { get; }

    /// <summary>As of the last push that was made.</summary>
    public IReadOnlyDictionary<Guid, PersonRecord> People { get; private set; } = new Dictionary<Guid, PersonRecord>();

    /// <summary>Half of the ids are those of before, with other names and faces, and half are new.</summary>
    public PressedGallery Full()
    {
        var kept = People.Keys.Take(_people / 2);
        People = kept.Concat(Enumerable.Range(0, _people).Select(_ => Guid.NewGuid())).Take(_people).Select(Person).ToDictionary(one => one.Person.Number);
        return _press.Full([.. People.Values], ++_version, _audience);
    }

    public PressedGallery OnePersonDelta()
    {
        var before = People;
        var changed = Person(before.Keys.First());
        People = new Dictionary<Guid, PersonRecord>(before) { [changed.Person.Number] = changed };
        return _press.Delta([.. before.Values], _version, [.. People.Values], ++_version, _audience);
    }

    PersonRecord Person(Guid id)
    {
        var values = new byte[512 * sizeof(float)];
        for (var i = 0; i < 512; i++) BitConverter.TryWriteBytes(values.AsSpan(i * sizeof(float)), _random.NextSingle() - 0.5f);
        var now = TimeProvider.System.GetUtcNow();
        return PersonRecord.Of(
            new PushedPerson(id.ToString("N"), $"Made {id:N} {_random.Next()}", ["staff"], now,
                [new PushedTemplate(Guid.NewGuid().ToString("N"), PushHouse.Model, 0.9f, now, 512)], new PushedConsent(now, "notice 1")),
            values);
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
        Directory.Delete(Home, recursive: true);
    }
}
