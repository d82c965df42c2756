using EdgeFace.Matching;

namespace EdgeFace.Subjects;

/// <summary>A load under way: whose rows are being read, and what came of those before.</summary>
sealed class TemplateLoading
{
    SubjectId? _subject;

    public SubjectCells? Cells { get; set; }

    public List<StoredTemplate> Templates { get; } = [];

    public List<DamagedCell> Damaged { get; } = [];

    /// <summary>True at the first row of each subject.</summary>
    public bool TurnsTo(SubjectId id)
    {
        var another = id != _subject;
        _subject = id;
        return another;
    }

    /// <summary>Fails closed: one damaged cell, and none of its subject's templates is believed.</summary>
    public LoadedTemplates Result()
    {
        var distrusted = Damaged.Select(cell => cell.Subject).ToHashSet();
        if (distrusted.Count > 0) Templates.RemoveAll(template => distrusted.Contains(template.Subject));
        return new LoadedTemplates(Templates, Damaged);
    }
}
