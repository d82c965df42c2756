using System.Numerics;
using EdgeFace.Detection;

namespace EdgeFace.Evaluation;

/// <summary>A picture whose faces somebody has marked.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Faces">In the order of the list; none for a picture without a face.</param>
public sealed record AnnotatedPicture(string File, IReadOnlyList<AnnotatedFace> Faces);

/// <summary>A marked face.</summary>
/// <param name="Box">In pixels of the picture; its score is 1.</param>
/// <param name="Ignore">
/// Too small or too doubtful to be asked for: finding it is neither a hit nor a false alarm.
/// </param>
/// <param name="Parts">Points of the face by their names, often none.</param>
public sealed record AnnotatedFace(FaceBox Box, bool Ignore, IReadOnlyDictionary<string, Vector2> Parts);
