using EdgeFace.Inference;
using EdgeFace.Recognition;
using EdgeFace.Subjects;
using EdgeFace.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EdgeFace.Tests.Subjects;

/// <summary>
/// A gallery of made-up people, from a seed. Random unit vectors in 512 dimensions are nobody's and nearly at right
/// angles.
/// </summary>
sealed class People : IDisposable
{
    public const float SimilarityMin = 0.5f;
    public static readonly ModelId Model = new("model-a@0123456789ab");
    public static readonly ModelId OtherModel = new("model-b@0123456789ab");

    readonly Random _random = new(20_261_122);

    public People() => Store = Open();

    public TemporaryFolder Temporary { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));

    public SubjectStore Store { get; private set; }

    public Enroller Enroller => new(Store, Time);

    public GalleryArchive Archive => new(Store, Time);

    public SubjectStore Open() => SubjectStore.Open(Temporary.Folder, Time, TimeSpan.FromMilliseconds(10));

    public void Reopen()
    {
        Store.Dispose();
        Store = Open();
    }

    public Embedding Face(ModelId? model = null, int width = 512)
    {
        var values = new float[width];
        for (var i = 0; i < width; i++) values[i] = _random.NextSingle() - 0.5f;
        return new Embedding(model ?? Model, values);
    }

    /// <summary>The same face on another day.</summary>
    public Embedding Like(Embedding face, float noise = 0.01f)
    {
        var values = face.Values.ToArray();
        for (var i = 0; i < values.Length; i++) values[i] += (_random.NextSingle() - 0.5f) * noise;
        return new Embedding(face.Model, values);
    }

    public Enrollment Asking(string name, params Embedding[] faces) => new(
        name, new Consent(Time.GetUtcNow(), "notice 1"),
        [.. faces.Select(face => new EnrollmentSample(face, 0.9f, Time.GetUtcNow()))]);

    public EnrollOutcome Enroll(string name, params Embedding[] faces) =>
        Enroller.Enroll(Asking(name, faces), SimilarityMin);

    public void Dispose()
    {
        Store.Dispose();
        Temporary.Dispose();
    }
}
