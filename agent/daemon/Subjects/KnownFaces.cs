using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>
/// What an enrolment has to know of everybody else, kept in memory at the revision it was read at: opening everybody's
/// seals anew for each of thousands would take hours.
/// </summary>
sealed class KnownFaces
{
    readonly Dictionary<string, Subject> _byName;
    readonly Dictionary<SubjectId, IReadOnlyList<StoredTemplate>> _templates;
    readonly HashSet<SubjectId> _damaged;

    public KnownFaces(SqliteConnection connection, SubjectRows rows, ModelId model)
    {
        (Model, Revision) = (model, RevisionOf(connection));
        _byName = rows.All(connection).ToDictionary(subject => subject.Name, StringComparer.Ordinal);
        var templates = rows.Templates(connection, model);
        _damaged = [.. templates.Damaged.Select(cell => cell.Subject)];
        _templates = templates.GroupBy(template => template.Subject)
            .ToDictionary(own => own.Key, IReadOnlyList<StoredTemplate> (own) => [.. own]);
    }

    public ModelId Model { get; }

    public long Revision { get; private set; }

    /// <summary>Read inside the write, where no other program can change it any more.</summary>
    public bool IsCurrent(SqliteConnection connection, ModelId model) =>
        model == Model && RevisionOf(connection) == Revision;

    public Subject? Find(string name) => _byName.GetValueOrDefault(name);

    public bool IsDamaged(SubjectId id) => _damaged.Contains(id);

    public IReadOnlyList<StoredTemplate> Of(SubjectId id) => _templates.GetValueOrDefault(id) ?? [];

    /// <summary>The nearest other subject; null when there is none.</summary>
    public (SubjectId First, float Similarity)? Nearest(SubjectId self, IReadOnlyList<EnrollmentSample> samples)
    {
        (SubjectId, float)? nearest = null;
        var best = float.NegativeInfinity;
        foreach (var (subject, templates) in _templates)
        {
            if (subject == self) continue;

            foreach (var template in templates)
            {
                foreach (var sample in samples)
                {
                    var similarity = template.Embedding.SimilarityTo(sample.Embedding);
                    if (similarity <= best) continue;

                    best = similarity;
                    nearest = (subject, similarity);
                }
            }
        }

        return nearest;
    }

    /// <summary>Keeps in step with an enrolment that was written: it moved the revision by one.</summary>
    public void Enrolled(Subject subject, IReadOnlyList<StoredTemplate> templates)
    {
        _byName[subject.Name] = subject;
        _templates[subject.Id] = templates;
        Revision++;
    }

    static long RevisionOf(SqliteConnection connection) => connection.Scalar<long>("SELECT revision FROM gallery");
}
