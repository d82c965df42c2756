using System.Numerics;
using EdgeFace.Alignment;
using EdgeFace.Detection;

namespace EdgeFace.Liveness;

/// <summary>What one frame shows of all that a person moves at will.</summary>
/// <param name="Yaw">Degrees; positive turns to the person's left.</param>
/// <param name="Pitch">Degrees; positive lifts the chin.</param>
/// <param name="EyeOpening">
/// Mean aspect ratio of the two eyes: height over width, about 0.3 when open (Soukupova and Cech, "Real-time eye blink detection
/// using facial landmarks", 2016).
/// </param>
/// <param name="MouthOpening">Gap between the inner lips over <paramref name="Size"/>. Not over the mouth's own width, which a smile changes.</param>
/// <param name="Size">Distance of the eye centres, in pixels; a turned head shortens it, only nearness lengthens it.</param>
public readonly record struct FaceLook(float Yaw, float Pitch, float EyeOpening, float MouthOpening, float Size)
{
    public static FaceLook Of(in Landmarks68 points, in HeadPose pose)
    {
        var size = Vector2.Distance((points[36] + points[39]) / 2, (points[42] + points[45]) / 2);
        var gap = (Vector2.Distance(points[61], points[67]) + Vector2.Distance(points[62], points[66])
            + Vector2.Distance(points[63], points[65])) / 3;
        return new FaceLook(pose.Yaw, pose.Pitch, (AspectRatio(points, 36) + AspectRatio(points, 42)) / 2, gap / size, size);
    }

    /// <summary>All of it: a look that is no number in one respect is none.</summary>
    public bool IsNumber => float.IsFinite(Yaw) && float.IsFinite(Pitch) && float.IsFinite(EyeOpening)
        && float.IsFinite(MouthOpening) && float.IsFinite(Size);

    /// <param name="points">Of the face.</param>
    /// <param name="outer">The first of the eye's six points: corner, two of the upper lid, corner, two of the lower.</param>
    static float AspectRatio(in Landmarks68 points, int outer) =>
        (Vector2.Distance(points[outer + 1], points[outer + 5]) + Vector2.Distance(points[outer + 2], points[outer + 4]))
        / (2 * Vector2.Distance(points[outer], points[outer + 3]));
}
