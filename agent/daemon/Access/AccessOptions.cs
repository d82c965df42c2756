using System.ComponentModel.DataAnnotations;
using EdgeFace.Alignment;

namespace EdgeFace.Access;

/// <summary>What a door asks for.</summary>
/// <param name="Quality">How good a frame must be to count.</param>
/// <param name="LivenessMin">
/// Least liveness of a frame, 0..1. Far below a half: the model gives the living people of some cameras less than 0.1 and attacks
/// less than 0.01, see <c>edgeface pad evaluate</c>.
/// </param>
/// <param name="MarginMin">How far the nearest person must be ahead of the next one, as a difference of cosines.</param>
sealed record AccessOptions(
    QualityLimits Quality,
    [property: Range(0, 1)] float LivenessMin = 0.0125f,
    [property: Range(0, 1)] float MarginMin = 0.05f);
