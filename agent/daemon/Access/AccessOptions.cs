using System.ComponentModel.DataAnnotations;
using EdgeFace.Alignment;
using EdgeFace.Liveness;

namespace EdgeFace.Access;

/// <summary>What a door asks for.</summary>
/// <param name="Quality">How good a frame must be to count.</param>
/// <param name="LivenessMin">
/// Least liveness of a frame, 0..1. Far below a half: the model gives the living people of some cameras less than 0.1 and attacks
/// less than 0.01, see <c>edgeface pad evaluate</c>.
/// </param>
/// <param name="MotionMin">
/// How much a face must have moved as no flat picture can, as a share of its variance of luma in the eighth of it where it is most;
/// 0 does not ask. Photographs, still or moved, leave 0.01 after the best plane, living faces 0.03 to 0.2 within a second.
/// </param>
/// <param name="MarginMin">How far the nearest person must be ahead of the next one, as a difference of cosines.</param>
/// <param name="IsCalibrated">Whether <paramref name="LivenessMin"/> was measured at the very camera.</param>
sealed record AccessOptions(
    QualityLimits Quality,
    [property: Range(0, 1)] float LivenessMin = 0.0125f,
    [property: Range(0, 1)] float MotionMin = 0.02f,
    [property: Range(0, 1)] float MarginMin = 0.05f,
    bool IsCalibrated = false)
{
    public PadLimits Pad => new(LivenessMin, MotionMin, IsCalibrated);
}
