using System.Collections.ObjectModel;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Subjects;

/// <summary>A template's random number.</summary>
readonly record struct TemplateId(Guid Value)
{
    public static TemplateId New() => new(Guid.NewGuid());

    /// <summary>32 hex digits.</summary>
    public override string ToString() => Value.ToString("N");
}

/// <summary>An embedding kept for a subject.</summary>
/// <param name="Id">Its random number.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="Quality">Of the picture it was made from, 0..1.</param>
/// <param name="CapturedAt">When that was taken.</param>
/// <param name="Embedding">The vector, with its model.</param>
sealed record StoredTemplate(
    TemplateId Id, SubjectId Subject, float Quality, DateTimeOffset CapturedAt, Embedding Embedding)
{
    public ModelId Model => Embedding.Model;
}

/// <summary>
/// A cell that did not open: a bit was changed, or it was moved here from another row. The whole subject is left
/// out.
/// </summary>
/// <param name="Subject">Whose cell it is said to be.</param>
/// <param name="Cell">Table and column.</param>
/// <param name="Template">Which template; null where it is the subject's own cell.</param>
readonly record struct DamagedCell(SubjectId Subject, string Cell, TemplateId? Template)
{
    public override string ToString() =>
        Template is { } template ? $"{Cell} {template} of {Subject}" : $"{Cell} of {Subject}";
}

/// <summary>
/// The templates of one model. A subject of whom any cell is damaged is not among them: the door does not know him
/// until he is enrolled anew, and everybody else walks on.
/// </summary>
sealed class LoadedTemplates(IList<StoredTemplate> templates, IReadOnlyList<DamagedCell> damaged)
    : ReadOnlyCollection<StoredTemplate>(templates)
{
    public IReadOnlyList<DamagedCell> Damaged { get; } = damaged;
}

/// <summary>All subjects whose cells are whole.</summary>
sealed class LoadedSubjects(IList<Subject> subjects, IReadOnlyList<DamagedCell> damaged)
    : ReadOnlyCollection<Subject>(subjects)
{
    public IReadOnlyList<DamagedCell> Damaged { get; } = damaged;
}
