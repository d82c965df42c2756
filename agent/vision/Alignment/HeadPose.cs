using System.Numerics;
using EdgeFace.Detection;

namespace EdgeFace.Alignment;

/// <summary>
/// Where a head is turned, in degrees. All zero looks into the camera. Yaw and pitch say where the nose points; the turns
/// follow one another as roll, yaw, pitch (the order of 300W-LP, Zhu et al., 2016).
/// </summary>
/// <param name="Yaw">-90..90; positive turns the nose towards the viewer's right.</param>
/// <param name="Pitch">-90..90; positive lifts the chin.</param>
/// <param name="Roll">-180..180; positive tilts the head clockwise for the viewer.</param>
public readonly record struct HeadPose(float Yaw, float Pitch, float Roll)
{
    /// <summary>
    /// A mean adult face in millimetres, x to the viewer's right, y down, z towards the camera, from the nose tip: chin,
    /// outer eye corners, mouth corners. Breadths and heights as in common anthropometric tables (biocular breadth about
    /// 92, mouth about 52); the nose stands about 48 before the eye corners and 34 before the mouth's.
    /// </summary>
    static readonly (int Point, Vector3 At)[] Model =
    [
        (30, new(0, 0, 0)), (8, new(0, 66, -24)),
        (36, new(-46, -36, -48)), (45, new(46, -36, -48)),
        (48, new(-26, 30, -34)), (54, new(26, 30, -34)),
    ];

    static readonly Vector3[] PseudoInverse = Invert();

    /// <summary>
    /// From the 68 points, by scaled orthography (DeMenthon and Davis, "Model-based object pose in 25 lines of code", 1995,
    /// first iteration): a least-squares fit of two rows of the rotation, good to a few degrees within +-40.
    /// </summary>
    public static HeadPose From(in Landmarks68 points)
    {
        var mean = Vector2.Zero;
        foreach (var (point, _) in Model) mean += points[point] / Model.Length;

        var (right, down) = (Vector3.Zero, Vector3.Zero);
        for (var i = 0; i < Model.Length; i++)
        {
            var at = points[Model[i].Point] - mean;
            right += PseudoInverse[i] * at.X;
            down += PseudoInverse[i] * at.Y;
        }

        var x = Vector3.Normalize(right);
        var z = Vector3.Normalize(Vector3.Cross(x, down));
        var y = Vector3.Cross(z, x);
        const float Degrees = 180 / MathF.PI;
        return new HeadPose(
            MathF.Asin(Math.Clamp(x.Z, -1, 1)) * Degrees,
            MathF.Atan2(-y.Z, z.Z) * Degrees,
            MathF.Atan2(-x.Y, x.X) * Degrees);
    }

    /// <summary>Rows of the pseudo-inverse of the centred model: what the two image coordinates are multiplied with.</summary>
    static Vector3[] Invert()
    {
        var mean = Vector3.Zero;
        foreach (var (_, at) in Model) mean += at / Model.Length;

        Span<float> sums = stackalloc float[6];
        foreach (var (_, at) in Model)
        {
            var p = at - mean;
            sums[0] += p.X * p.X;
            sums[1] += p.X * p.Y;
            sums[2] += p.X * p.Z;
            sums[3] += p.Y * p.Y;
            sums[4] += p.Y * p.Z;
            sums[5] += p.Z * p.Z;
        }

        var normal = new Matrix4x4(
            sums[0], sums[1], sums[2], 0, sums[1], sums[3], sums[4], 0, sums[2], sums[4], sums[5], 0, 0, 0, 0, 1);
        if (!Matrix4x4.Invert(normal, out var inverse)) throw new InvalidOperationException("The model of a face is flat.");

        return [.. Model.Select(part => Vector3.Transform(part.At - mean, inverse))];
    }
}
