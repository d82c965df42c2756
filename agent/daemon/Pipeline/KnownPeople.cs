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

/// <summary>Everybody who is enrolled with templates of one model, at one moment.</summary>
sealed class KnownPeople
{
    readonly Dictionary<SubjectId, Subject> _subjects;

    public KnownPeople(ModelCard embedder, SubjectStore store)
    {
        var templates = store.Templates(embedder.ModelId);
        var subjects = store.Subjects();
        Damaged = [.. templates.Damaged.Concat(subjects.Damaged).Select(cell => cell.Subject).Distinct()];
        _subjects = subjects.ToDictionary(subject => subject.Id);
        Gallery = new Gallery(
            embedder.ModelId, embedder.Width,
            [.. templates.Select(template => new GalleryTemplate(template.Subject, template.Embedding))]);
    }

    /// <summary>What a face is compared with.</summary>
    public Gallery Gallery { get; }

    /// <summary>Whose entries do not open: the door does not know them.</summary>
    public IReadOnlyList<SubjectId> Damaged { get; }

    /// <summary>People with a template of the model.</summary>
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

    public Recognised Recognise(Embedding probe, AccessPolicy policy, DateTimeOffset now)
    {
        var match = Gallery.Search(probe.Values);
        var decision = policy.Decide(match, now);
        var isSure = decision.OpensDoor || decision.Reason is DenyReason.NotYetValid or DenyReason.Expired;
        return new Recognised(match, decision, isSure && match is { } found ? _subjects[found.Subject] : null);
    }
}
