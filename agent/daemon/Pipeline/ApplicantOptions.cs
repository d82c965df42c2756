using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Pipeline;

/// <summary>Who of the people in the picture is at the door.</summary>
/// <param name="FacePixelsMin">
/// Width of a face's box from which on somebody stands near enough to be meant. Whoever is farther away passes by.
/// </param>
/// <param name="FacePixelsMax">Width of a face's box up to which somebody stands far enough away: the other end of the window.</param>
/// <param name="TailgateFrames">
/// In how many frames somebody else must have been seen at an open door, after the one it opened for has left, to be
/// reported as tailgating.
/// </param>
sealed record ApplicantOptions(
    [property: Range(8, 4000)] int FacePixelsMin = 24,
    [property: Range(16, 8000)] int FacePixelsMax = 8000,
    [property: Range(1, 100)] int TailgateFrames = 10)
{
    /// <summary>What two options say against each other; null when they agree.</summary>
    public string? Contradiction() => FacePixelsMin <= FacePixelsMax ? null
        : $"FacePixelsMin is {FacePixelsMin} and FacePixelsMax {FacePixelsMax}; nobody stands between them: lower the first or raise the other.";

    public bool IsNear(float faceWidth) => faceWidth >= FacePixelsMin && faceWidth <= FacePixelsMax;
}
