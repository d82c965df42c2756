namespace EdgeFace.Liveness;

/// <summary>What one frame says to a challenge. <c>default</c> is a frame with nobody in it.</summary>
/// <param name="At">When it was taken, from any moment on.</param>
/// <param name="Look">Of the applicant; null when nobody is there.</param>
/// <param name="Faces">How many are near enough to be meant.</param>
/// <param name="Similarity">To the first face of the challenge; null where the frame was not compared.</param>
/// <param name="IsSpoof">The frame looks like an attack to the passive cues.</param>
public readonly record struct ChallengeFrame(TimeSpan At, FaceLook? Look, int Faces, float? Similarity, bool IsSpoof);
