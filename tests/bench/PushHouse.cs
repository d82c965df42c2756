using System.Security.Cryptography;
using EdgeFace.Delivery;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Benchmarks;

/// <summary>A device that takes pushes, wired as a daemon is: gallery, journal, intake; without doors.</summary>
sealed class PushHouse : IDisposable
{
    public const string Device = "bench", Model = "bench-512@000000000000";

    readonly EventJournal _journal;
    readonly ECDiffieHellman _sealing;

    /// <param name="folder">Of the device.</param>
    /// <param name="at">Hears each step by name.</param>
    /// <param name="start">False where a loop does it.</param>
    public PushHouse(StateFolder folder, Action<string>? at = null, bool start = true)
    {
        Store = SubjectStore.Open(folder, TimeProvider.System);
        _journal = EventJournal.Open(folder, new JournalOptions(), Device, TimeProvider.System);
        _sealing = DeviceSeal.ReadOrCreate(folder.SealingPair);
        var keys = TrustedKeys.Parse(File.ReadAllBytes(TrustFile(folder)));
        var hub = new HubGallery(Store, TimeProvider.System) { At = at ?? (_ => { }) };
        InForce = hub.InForce;
        var port = new GalleryPort(
            Device, () => keys, _sealing, () => Model, () => true, hub.InForce, hub.Apply, _journal.Recall,
            (key, bytes) => _journal.Remember(key, bytes), news => News.Add(news));
        Intake = new GalleryIntake(new GalleryIntakeOptions(), port, folder.Staging, TimeProvider.System) { At = at ?? (_ => { }) };
        if (start) Intake.Start();
    }

    public SubjectStore Store { get; }

    public GalleryIntake Intake { get; }

    public List<GalleryNews> News { get; } = [];

    public Func<GalleryInForce?> InForce { get; }

    public static string TrustFile(StateFolder folder) => Path.Combine(folder.Path, "bench-trust.json");

    /// <summary>Everybody of the file is one of those, as he is there, and nobody is missing.</summary>
    public static bool Holds(SubjectStore store, IReadOnlyDictionary<Guid, PersonRecord> people)
    {
        var subjects = store.Subjects();
        var templates = store.Templates(new ModelId(Model));
        if (subjects.Damaged.Count + templates.Damaged.Count > 0 || subjects.Count != people.Count || templates.Count != people.Count) return false;

        return subjects.All(subject => people.TryGetValue(subject.Id.Value, out var record) && record.Person.Name == subject.Name)
            && templates.All(template => people.TryGetValue(template.Subject.Value, out var record)
                && PersonForms.Opened(record).Templates[0].Embedding.SimilarityTo(template.Embedding) > 0.9999f);
    }

    public void Dispose()
    {
        _sealing.Dispose();
        _journal.Dispose();
        Store.Dispose();
    }
}
