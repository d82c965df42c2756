namespace EdgeFace.Evaluation;

/// <summary>Two pictures to be compared.</summary>
/// <param name="A">Path of the first picture.</param>
/// <param name="B">Path of the second picture.</param>
/// <param name="Same">Whether both show one person: a genuine pair. Otherwise an impostor pair.</param>
/// <param name="Fold">Which part of the list it belongs to, from 0.</param>
public sealed record FacePair(string A, string B, bool Same, int Fold);

/// <summary>A pair that was compared.</summary>
/// <param name="Similarity">
/// Cosine, -1..1. A pair with a picture that gave no face is -1 if it is of one person and 1 if of two: wrong at any
/// threshold, so that a detector gains nothing from what it does not find.
/// </param>
/// <param name="Same">Whether both pictures show one person.</param>
/// <param name="Fold">Which part of the list it belongs to.</param>
public readonly record struct ScoredPair(float Similarity, bool Same, int Fold);
