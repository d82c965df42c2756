using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>Makes subjects and their templates: all of an enrolment is written, or nothing of it.</summary>
sealed class Enroller(SubjectStore store, TimeProvider time)
{
    readonly SubjectRows _rows = new(store.Database.Key);

    /// <summary>
    /// A face that somebody else bears already is refused with that one's id: two names for one face would be two
    /// answers at the door. A known name gets more templates, of which at most ten are kept (<see
    /// cref="TemplateChoice"/>).
    /// </summary>
    /// <param name="enrollment">Who, with what.</param>
    /// <param name="similarityMin">Cosine at or above which a face is somebody else's, -1..1.</param>
    /// <param name="force">Enrol also a face that is known under another name: twins.</param>
    /// <exception cref="ArgumentException">A name, a group or a sample cannot be kept.</exception>
    /// <exception cref="StorageException">The gallery cannot be written; nothing was.</exception>
    public EnrollOutcome Enroll(Enrollment enrollment, float similarityMin, bool force = false)
    {
        enrollment.CheckSamples();
        var asked = new Subject(
            SubjectId.New(), enrollment.Name, enrollment.Groups ?? [], time.GetUtcNow(), enrollment.Consent,
            enrollment.ValidFrom, enrollment.ValidUntil).Checked();

        // The look for the name and for the face happen inside the write: two enrolments at once cannot both find
        // nobody.
        return store.Database.Write(connection =>
        {
            var known = _rows.All(connection).FirstOrDefault(subject => subject.Name == asked.Name);
            var subject = known is null ? asked : Renewed(known, asked, keepGroups: enrollment.Groups is null);
            var templates = _rows.Templates(connection, enrollment.Samples[0].Embedding.Model);
            if (templates.Damaged.Any(cell => cell.Subject == subject.Id)) throw CannotAddTo(subject.Id);
            if (!force && Nearest(templates, subject.Id, enrollment.Samples) is var (first, similarity)
                && similarity >= similarityMin)
            {
                return EnrollOutcome.Duplicate(first, similarity);
            }

            var own = templates.Where(template => template.Subject == subject.Id).ToArray();
            var kept = Write(connection, subject, isNew: known is null, own, enrollment.Samples);
            return EnrollOutcome.Enrolled(subject.Id, kept);
        });
    }

    /// <summary>A known subject keeps id, first enrolment and validity; consent is the one just given.</summary>
    static Subject Renewed(Subject known, Subject asked, bool keepGroups) => known with
    {
        Consent = asked.Consent,
        Groups = keepGroups ? known.Groups : asked.Groups,
    };

    static StorageException CannotAddTo(SubjectId id) => new(StorageFault.Damaged,
        $"Subject {id} bears that name and is damaged: no template can be added. Delete the subject and enrol anew.");

    static (SubjectId First, float Similarity)? Nearest(
        LoadedTemplates templates, SubjectId self, IReadOnlyList<EnrollmentSample> samples)
    {
        (SubjectId, float)? nearest = null;
        var best = float.NegativeInfinity;
        foreach (var template in templates)
        {
            if (template.Subject == self) continue;

            foreach (var sample in samples)
            {
                var similarity = template.Embedding.SimilarityTo(sample.Embedding);
                if (similarity <= best) continue;

                best = similarity;
                nearest = (template.Subject, similarity);
            }
        }

        return nearest;
    }

    int Write(
        SqliteConnection connection, Subject subject, bool isNew,
        StoredTemplate[] own, IReadOnlyList<EnrollmentSample> samples)
    {
        if (!isNew) _rows.Update(connection, subject);
        using var cells = isNew ? _rows.Insert(connection, subject) : _rows.Cells(connection, subject.Id);

        var added = samples.Select(sample => new StoredTemplate(
            TemplateId.New(), subject.Id, sample.Quality, sample.CapturedAt.ToUniversalTime(), sample.Embedding));
        var kept = TemplateChoice.Keep([.. own, .. added]).ToHashSet();
        foreach (var template in own.Where(template => !kept.Contains(template)))
            SubjectRows.Delete(connection, template.Id);
        foreach (var template in kept.Except(own))
            SubjectRows.Insert(connection, cells, template);
        return kept.Count;
    }
}
