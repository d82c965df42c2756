namespace EdgeFace.Matching;

/// <summary>The nearest subject of a gallery and the distance to the next one. A fact, not yet a decision.</summary>
/// <param name="Subject">Whose template is nearest.</param>
/// <param name="Similarity">Cosine of the probe and his nearest template, -1..1.</param>
/// <param name="RunnerUp">The nearest other subject; null when the gallery knows one person only.</param>
/// <param name="RunnerUpSimilarity">His cosine; -1 when there is none.</param>
public readonly record struct Match(SubjectId Subject, float Similarity, SubjectId? RunnerUp, float RunnerUpSimilarity)
{
    /// <summary>How far the runner-up is behind, 0..2.</summary>
    public float Margin => Similarity - RunnerUpSimilarity;
}
