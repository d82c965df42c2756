using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>
/// Makes subjects and their templates: all of an enrolment is written, or nothing of it. It remembers who is known from
/// one enrolment to the next; keep it for as long as people are enrolled, and no longer.
/// </summary>
sealed class Enroller(SubjectStore store, TimeProvider time)
{
    readonly SubjectRows _rows = new(store.Database.Key);
    readonly Lock _turn = new();
    KnownFaces? _known;

    /// <summary>
    /// A face that somebody else bears already is refused with that one's id: two names for one face would be two
    /// answers at the door. A known name gets more templates, of which at most ten are kept (<see
    /// cref="TemplateChoice"/>).
    /// </summary>
    /// <param name="enrollment">Who, with what.</param>
    /// <param name="similarityMin">Cosine at or above which a face is somebody else's, -1..1.</param>
    /// <param name="force">
    /// Enrol also a face that is known under another name, and faces that are not alike: twins, a changed face.
    /// </param>
    /// <param name="samePersonMin">
    /// Cosine below which a sample is not of the person of the others, -1..1: the samples must hang together with each
    /// other and with what the subject has of this model (<see cref="OnePerson"/>). -1 asks nothing of them.
    /// </param>
    /// <exception cref="ArgumentException">A name, a group or a sample cannot be kept.</exception>
    /// <exception cref="StorageException">The gallery cannot be written; nothing was.</exception>
    public EnrollOutcome Enroll(Enrollment enrollment, float similarityMin, bool force = false, float samePersonMin = -1)
    {
        enrollment.CheckSamples();
        var asked = new Subject(
            SubjectId.New(), enrollment.Name, enrollment.Groups ?? [], time.GetUtcNow(), enrollment.Consent,
            enrollment.ValidFrom, enrollment.ValidUntil).Checked();

        // The look for the name and for the face happen inside the write: two enrolments at once cannot both find
        // nobody.
        lock (_turn)
        {
            var (outcome, written) = store.Database.Write(
                connection => Write(connection, enrollment, asked, similarityMin, force ? -1 : samePersonMin, force));
            if (written is { } change) _known?.Enrolled(change.Subject, change.Templates); // only now is it on the disk
            return outcome;
        }
    }

    (EnrollOutcome Outcome, (Subject Subject, IReadOnlyList<StoredTemplate> Templates)? Written) Write(
        SqliteConnection connection, Enrollment enrollment, Subject asked, float similarityMin, float samePersonMin,
        bool force)
    {
        var faces = Known(connection, enrollment.Samples[0].Embedding.Model);
        var known = faces.Find(asked.Name);
        var subject = known is null ? asked : Renewed(known, asked, keepGroups: enrollment.Groups is null);
        if (faces.IsDamaged(subject.Id)) throw CannotAddTo(subject.Id);
        if (NotAlike(faces.Of(subject.Id), enrollment.Samples, samePersonMin) is { } alike)
            return (EnrollOutcome.NotOnePerson(known?.Id, alike), null);

        if (!force && faces.Nearest(subject.Id, enrollment.Samples) is var (first, similarity)
            && similarity >= similarityMin)
        {
            return (EnrollOutcome.Duplicate(first, similarity), null);
        }

        var kept = Write(connection, subject, isNew: known is null, faces.Of(subject.Id), enrollment.Samples);
        return (EnrollOutcome.Enrolled(subject.Id, kept.Count), (subject, kept));
    }

    /// <summary>How near the next sample is to those that hang together; null when all of them do.</summary>
    static float? NotAlike(
        IReadOnlyList<StoredTemplate> own, IReadOnlyList<EnrollmentSample> samples, float samePersonMin)
    {
        var faces = own.Select(template => template.Embedding).Concat(samples.Select(sample => sample.Embedding));
        var (_, next) = OnePerson.Join([.. faces], Math.Max(1, own.Count), samePersonMin);
        return float.IsNegativeInfinity(next) ? null : next;
    }

    /// <summary>Read anew when another model is asked for, or anybody has changed the gallery since.</summary>
    KnownFaces Known(SqliteConnection connection, ModelId model)
    {
        if (_known is null || !_known.IsCurrent(connection, model)) _known = new KnownFaces(connection, _rows, model);
        return _known;
    }

    /// <summary>A known subject keeps id, first enrolment and whatever was not said anew.</summary>
    /// <exception cref="ArgumentException">The validity that comes of it ends before it begins.</exception>
    static Subject Renewed(Subject known, Subject asked, bool keepGroups) => (known with
    {
        Consent = asked.Consent ?? known.Consent,
        Groups = keepGroups ? known.Groups : asked.Groups,
        ValidFrom = asked.ValidFrom ?? known.ValidFrom,
        ValidUntil = asked.ValidUntil ?? known.ValidUntil,
    }).Checked();

    static StorageException CannotAddTo(SubjectId id) => new(StorageFault.Damaged,
        $"Subject {id} bears that name and is damaged: no template can be added. Delete the subject and enrol anew.");

    IReadOnlyList<StoredTemplate> Write(
        SqliteConnection connection, Subject subject, bool isNew,
        IReadOnlyList<StoredTemplate> own, IReadOnlyList<EnrollmentSample> samples)
    {
        if (!isNew) _rows.Update(connection, subject);
        using var cells = isNew ? _rows.Insert(connection, subject) : _rows.Cells(connection, subject.Id);

        var added = samples.Select(sample => new StoredTemplate(
            TemplateId.New(), subject.Id, sample.Quality, sample.CapturedAt.ToUniversalTime(), sample.Embedding));
        var kept = TemplateChoice.Keep([.. own, .. added]);
        foreach (var template in own.Except(kept)) SubjectRows.Delete(connection, template.Id);
        foreach (var template in kept.Except(own)) SubjectRows.Insert(connection, cells, template);
        return kept;
    }
}
