namespace EdgeFace.Cli;

/// <summary>What <c>verify</c> writes. Similarity and distance are null where a picture has no face.</summary>
/// <param name="Match">The faces are one person's.</param>
/// <param name="Similarity">Cosine, -1..1.</param>
/// <param name="EuclideanDistance">Of the unit vectors, 0..2: what older tools print.</param>
/// <param name="Threshold">Cosine from which on faces match.</param>
/// <param name="Fmr">False match rate measured there; null for a threshold that was merely said.</param>
/// <param name="FileA">The first picture.</param>
/// <param name="FileB">The second picture.</param>
/// <param name="BoxA">x1, y1, x2, y2 of the face that was compared.</param>
/// <param name="BoxB">Likewise.</param>
sealed record Verification(
    bool Match, float? Similarity, float? EuclideanDistance, float Threshold, double? Fmr,
    string FileA, string FileB, float[]? BoxA, float[]? BoxB);
