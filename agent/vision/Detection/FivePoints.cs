using System.Numerics;

namespace EdgeFace.Detection;

/// <summary>Five points as detectors write them: x, y of left eye, right eye, nose, left and right mouth corner.</summary>
static class FivePoints
{
    /// <param name="values">Ten values, in strides.</param>
    /// <param name="origin">What they are counted from, in pixels of the input.</param>
    /// <param name="stride">Pixels of one stride.</param>
    public static Landmarks Read(ReadOnlySpan<float> values, Vector2 origin, float stride) => new(
        origin + new Vector2(values[0], values[1]) * stride,
        origin + new Vector2(values[2], values[3]) * stride,
        origin + new Vector2(values[4], values[5]) * stride,
        origin + new Vector2(values[6], values[7]) * stride,
        origin + new Vector2(values[8], values[9]) * stride);
}
