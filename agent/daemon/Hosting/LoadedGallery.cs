using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Subjects;

namespace EdgeFace.Hosting;

/// <summary>
/// Who is known at one moment and from which similarity on: read as one, put in place as one. The threshold follows from the
/// share of strangers that the profile allows at the gallery's size; of a gallery too large for it those who were enrolled last are
/// left out, and what anybody's removal takes away is gone all the same.
/// </summary>
/// <param name="People">With their templates.</param>
/// <param name="Threshold">For a search among them.</param>
/// <param name="Revision">Of the gallery.</param>
/// <param name="LoadedAt">A timestamp.</param>
sealed record LoadedGallery(KnownPeople People, Threshold Threshold, long Revision, long LoadedAt)
{
    /// <summary>Why somebody is left out, with what helps; null: nobody is.</summary>
    public string? TooLarge { get; private init; }

    /// <exception cref="ThresholdException">The model was not measured far enough for a gallery of one template.</exception>
    public static LoadedGallery Load(SubjectStore store, ModelCard embedder, double fpir, TimeProvider time)
    {
        var table = new ThresholdTable(embedder);
        var most = table.TemplatesMost(fpir);
        long revision;
        KnownPeople people;
        do
        {
            // The revision first: what changes while we read makes us read once more.
            revision = store.Revision();
            people = new KnownPeople(embedder, store, most, time.GetUtcNow());
        }
        while (people.Templates > most); // somebody came between two reads who was not counted

        var threshold = table.ForSearch(fpir, Math.Max(1, people.Templates));
        return new LoadedGallery(people, threshold, revision, time.GetTimestamp())
        {
            TooLarge = people.LeftOut.Count == 0 ? null
                : $"{(people.LeftOut.Count == 1 ? "One person's face is" : $"{people.LeftOut.Count} people's faces are")} not searched, enrolled last of all (a card still opens where a rule lets it): {table.Excess(fpir, people.Enrolled)}",
        };
    }

    /// <summary>Judges frames at a door.</summary>
    /// <param name="door">Its limits.</param>
    /// <param name="calibrated">What was measured at its camera; null where nothing was.</param>
    public AccessPolicy PolicyFor(DoorProfile door, CameraCalibration? calibrated) => People.Policy(
        Threshold, new AccessOptions(door.Quality ?? new QualityLimits(), calibrated?.LivenessMin ?? door.LivenessMin, door.MotionMin, door.MarginMin,
            IsCalibrated: calibrated is not null));
}
