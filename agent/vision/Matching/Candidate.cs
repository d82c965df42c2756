namespace EdgeFace.Matching;

/// <summary>One template of a ranked list.</summary>
/// <param name="Subject">Whose template it is.</param>
/// <param name="Similarity">Cosine of the probe and the template, -1..1.</param>
public readonly record struct Candidate(SubjectId Subject, float Similarity);
