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
/// were enrolled first are searched, each with all of his templates, up to the first one for whom there is no room: nobody's removal takes
/// a place from somebody else. Whose validity is over comes behind all others.
/// </summary>
sealed class KnownPeople
{
    readonly Dictionary<SubjectId, Subject> _subjects;

    /// <param name="embedder">Whose templates.</param>
    /// <param name="store">Where they lie.</param>
    /// <param name="templatesMost">That a search may go among.</param>
    /// <param name="now">For whose validity is over; the choice is made once, here.</param>
    public KnownPeople(ModelCard embedder, SubjectStore store, int templatesMost = int.MaxValue, DateTimeOffset now = default)
    {
        var subjects = store.Subjects();
        _subjects = subjects.ToDictionary(subject => subject.Id);
        var counts = store.TemplateCounts(embedder.ModelId);
        Enrolled = counts.Values.Sum();
        LeftOut = Enrolled <= templatesMost ? [] : Beyond(templatesMost, counts, now);
        var templates = store.Templates(embedder.ModelId, LeftOut.ToHashSet()); // memory is for those who are searched
        Damaged = [.. templates.Damaged.Concat(subjects.Damaged).Select(cell => cell.Subject).Distinct()];
        Gallery = new Gallery(
            embedder.ModelId, embedder.Width,
            [.. templates.Select(template => new GalleryTemplate(template.Subject, template.Embedding))]);
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

    SubjectId[] Beyond(int templatesMost, IReadOnlyDictionary<SubjectId, int> templates, DateTimeOffset now)
    {
        var room = templatesMost;
        return
        [
            .. templates.OrderBy(one => Turn(one.Key)).ThenBy(one => one.Key.Value)
                .SkipWhile(one => (room -= one.Value) >= 0).Select(one => one.Key),
        ];

        (bool IsOver, DateTimeOffset At) Turn(SubjectId id) =>
            _subjects.TryGetValue(id, out var subject) ? (subject.ValidUntil <= now, subject.EnrolledAt) : (true, DateTimeOffset.MaxValue);
    }

    public Recognised Recognise(Embedding probe, AccessPolicy policy, DateTimeOffset now)
    {
        var match = Gallery.Search(probe.Values);
        var decision = policy.Decide(match, now);
        return new Recognised(match, decision, decision.Known is { } known ? _subjects[known] : null);
    }
}
