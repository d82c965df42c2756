namespace EdgeFace.Subjects;

/// <summary>
/// Which templates of a subject are kept when there are more than may be: the one of the best quality first, then
/// always the one that adds most, quality times the distance (1 - cosine) to the nearest one kept. That is
/// farthest-first traversal (Gonzalez 1985) weighted with quality: faces that differ cover more of the days to come
/// than ten of the same minute.
/// </summary>
static class TemplateChoice
{
    /// <summary>
    /// Templates of one subject and model; more would slow every search and widen the door to impostors.
    /// </summary>
    public const int TemplatesMax = 10;

    public static IReadOnlyList<StoredTemplate> Keep(IReadOnlyList<StoredTemplate> all)
    {
        if (all.Count <= TemplatesMax) return all;

        var left = all.ToList();
        var kept = new List<StoredTemplate>(TemplatesMax);
        while (kept.Count < TemplatesMax)
        {
            var next = left.MaxBy(template => Worth(template, kept));
            if (next is null) break;

            kept.Add(next);
            left.Remove(next);
        }

        return kept;
    }

    static float Worth(StoredTemplate template, List<StoredTemplate> kept) => kept.Count == 0
        ? template.Quality
        : template.Quality * (1 - kept.Max(other => other.Embedding.SimilarityTo(template.Embedding)));
}
