using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Subjects;

namespace EdgeFace.Pipeline;

/// <summary>What was made of one face.</summary>
/// <param name="Match">The nearest subject; null when nobody is enrolled.</param>
/// <param name="Decision">Whether it is him, and if not, why.</param>
/// <param name="Named">Whom the face is said to be, let in or not; null when that is not sure.</param>
readonly record struct Recognised(Match? Match, AccessDecision Decision, Subject? Named);

/// <summary>
/// Everybody who is enrolled with templates of one model, at one moment. Where these are more than a search may go among, those who
/// were enrolled first are searched, each with all of his templates: whoever comes later never takes a place from somebody who has one.
/// </summary>
sealed class KnownPeople
{
    readonly Dictionary<SubjectId, Subject> _subjects;

    /// <param name="embedder">Whose templates.</param>
    /// <param name="store">Where they lie.</param>
    /// <param name="templatesMost">That a search may go among.</param>
    public KnownPeople(ModelCard embedder, SubjectStore store, int templatesMost = int.MaxValue)
    {
        var templates = store.Templates(embedder.ModelId);
        var subjects = store.Subjects();
        Damaged = [.. templates.Damaged.Concat(subjects.Damaged).Select(cell => cell.Subject).Distinct()];
        _subjects = subjects.ToDictionary(subject => subject.Id);
        Enrolled = templates.Count;
        LeftOut = Beyond(templatesMost, templates.CountBy(template => template.Subject).ToDictionary());
        var isLeftOut = LeftOut.ToHashSet();
        Gallery = new Gallery(
            embedder.ModelId, embedder.Width,
            [.. templates.Where(template => !isLeftOut.Contains(template.Subject)).Select(template => new GalleryTemplate(template.Subject, template.Embedding))]);
    }

    /// <summary>What a face is compared with.</summary>
    public Gallery Gallery { get; }

    /// <summary>Whose entries do not open: the door does not know them.</summary>
    public IReadOnlyList<SubjectId> Damaged { get; }

    /// <summary>Whom no search finds, since there are too many: from the one who was enrolled first of them to the last.</summary>
    public IReadOnlyList<SubjectId> LeftOut { get; }

    /// <summary>Templates with those of whoever is left out.</summary>
    public int Enrolled { get; }

    /// <summary>People with a template of the model who are searched.</summary>
    public int Count => Gallery.Subjects;

    /// <summary>Of one person there may be several.</summary>
    public int Templates => Gallery.Templates;

    /// <summary>Everybody by id, for a door's rules.</summary>
    public IReadOnlyDictionary<SubjectId, Subject> Subjects => _subjects;

    public AccessPolicy Policy(Threshold threshold, AccessOptions? options = null) => new(
        threshold,
        _subjects.Values.ToDictionary(
            subject => subject.Id, subject => new Validity(subject.ValidFrom, subject.ValidUntil)),
        options ?? new AccessOptions(new QualityLimits()));

    SubjectId[] Beyond(int templatesMost, Dictionary<SubjectId, int> templates)
    {
        if (Enrolled <= templatesMost) return [];

        var room = templatesMost;
        var beyond = new List<SubjectId>();
        foreach (var (subject, own) in templates.OrderBy(one => EnrolledAt(one.Key)).ThenBy(one => one.Key.Value))
        {
            if (own <= room) room -= own;
            else beyond.Add(subject);
        }

        return [.. beyond];

        DateTimeOffset EnrolledAt(SubjectId id) => _subjects.TryGetValue(id, out var subject) ? subject.EnrolledAt : DateTimeOffset.MaxValue;
    }

    public Recognised Recognise(Embedding probe, AccessPolicy policy, DateTimeOffset now)
    {
        var match = Gallery.Search(probe.Values);
        var decision = policy.Decide(match, now);
        return new Recognised(match, decision, decision.Known is { } known ? _subjects[known] : null);
    }
}
