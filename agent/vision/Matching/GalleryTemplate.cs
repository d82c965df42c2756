using EdgeFace.Recognition;

namespace EdgeFace.Matching;

/// <summary>One enrolled embedding and whose it is. A subject may have several.</summary>
/// <param name="Subject">The enrolled person.</param>
/// <param name="Embedding">His unit vector, of the gallery's model and width.</param>
public sealed record GalleryTemplate(SubjectId Subject, Embedding Embedding);
